package io.registrycache.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.proxy.ProxyConnectException;
import io.registrycache.upstream.Obstacle;
import java.io.IOException;
import java.net.ConnectException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BrokenConnectionTest {

    @ParameterizedTest
    @MethodSource
    void shouldFindTheReasonInTheChainOfCauses(Throwable cause, Obstacle obstacle, String why) {
        assertThat(BrokenConnection.of(cause)).isEqualTo(new BrokenConnection(obstacle, why));
    }

    static Stream<Arguments> shouldFindTheReasonInTheChainOfCauses() {
        CertificateException expired = new CertificateException("path", new CertificateExpiredException());
        String connect = "http, none, /10.0.0.1:3128 => ghcr.io/<unresolved>:443, status: ";
        return Stream.of(
                of(new ConnectException("x"), Obstacle.REFUSED, "connection refused"),
                of(new ConnectTimeoutException("x"), Obstacle.TIMEOUT, "connecting takes too long"),
                of(
                        new ProxyConnectException(connect + "403 Forbidden"),
                        Obstacle.PROXY,
                        "the proxy does not connect (403 Forbidden)"),
                of(
                        new ProxyConnectException(connect + "407 Proxy Authentication Required"),
                        Obstacle.PROXY_CREDENTIALS,
                        Obstacle.PROXY_CREDENTIALS.words()),
                of(handshake(expired), Obstacle.CERTIFICATE_DATE, Obstacle.CERTIFICATE_DATE.words()),
                of(
                        handshake(new CertificateException("No name matching ghcr.io found")),
                        Obstacle.CERTIFICATE_NAME,
                        "its certificate is for another name"),
                of(
                        handshake(new CertificateException("PKIX path building failed")),
                        Obstacle.CERTIFICATE_TRUST,
                        "its certificate is not trusted"),
                of(new SSLHandshakeException("x"), Obstacle.TLS, "TLS fails"),
                of(new IOException("x"), Obstacle.OTHER, "the connection broke"));
    }

    private static Arguments of(Throwable cause, Obstacle obstacle, String why) {
        return Arguments.of(cause, obstacle, why);
    }

    private static SSLHandshakeException handshake(Exception cause) {
        SSLHandshakeException failure = new SSLHandshakeException("x");
        failure.initCause(cause);
        return failure;
    }
}
