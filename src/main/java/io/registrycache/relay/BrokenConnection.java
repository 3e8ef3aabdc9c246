package io.registrycache.relay;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.proxy.ProxyConnectException;
import io.registrycache.upstream.Obstacle;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/**
 * Why a connection could not be made, or broke.
 *
 * @param why in a few words, without an address
 */
record BrokenConnection(Obstacle obstacle, String why) {

    /** As Netty's {@code HttpProxyHandler} quotes the proxy's answer. */
    private static final Pattern PROXY_STATUS = Pattern.compile("status: ([0-9]{3}(?: [A-Za-z ]{1,40})?)");

    static BrokenConnection of(Throwable cause) {
        Obstacle obstacle = obstacle(cause);
        return new BrokenConnection(
                obstacle, obstacle == Obstacle.PROXY ? obstacle.words() + proxyStatus(cause) : obstacle.words());
    }

    private static String proxyStatus(Throwable cause) {
        return chain(cause)
                .map(each -> PROXY_STATUS.matcher(String.valueOf(each.getMessage())))
                .filter(Matcher::find)
                .findFirst()
                .map(status -> " (" + status.group(1) + ")")
                .orElse("");
    }

    private static Obstacle obstacle(Throwable cause) {
        // The reason that a certificate is refused lies deeper than the refusal.
        if (chain(cause).anyMatch(BrokenConnection::isOfDate)) {
            return Obstacle.CERTIFICATE_DATE;
        }
        return chain(cause)
                .map(BrokenConnection::ofOne)
                .filter(it -> it != Obstacle.OTHER)
                .findFirst()
                .orElse(cause instanceof SSLException ? Obstacle.TLS : Obstacle.OTHER);
    }

    private static Stream<Throwable> chain(Throwable cause) {
        return Stream.iterate(cause, it -> it != null, Throwable::getCause);
    }

    private static boolean isOfDate(Throwable cause) {
        return cause instanceof CertificateExpiredException
                || cause instanceof CertificateNotYetValidException
                || (cause instanceof CertPathValidatorException path
                        && path.getReason() == CertPathValidatorException.BasicReason.EXPIRED);
    }

    private static Obstacle ofOne(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof CertificateException) {
            // The JDK has no class of its own for this.
            return message.startsWith("No subject alternative") || message.startsWith("No name matching")
                    ? Obstacle.CERTIFICATE_NAME
                    : Obstacle.CERTIFICATE_TRUST;
        } else if (cause instanceof ProxyConnectException) {
            return message.contains("status: 407") ? Obstacle.PROXY_CREDENTIALS : Obstacle.PROXY;
        } else if (cause instanceof ConnectTimeoutException) {
            return Obstacle.TIMEOUT;
        } else if (cause instanceof ConnectException) {
            return Obstacle.REFUSED;
        }
        return cause instanceof NoRouteToHostException ? Obstacle.NO_ROUTE : Obstacle.OTHER;
    }
}
