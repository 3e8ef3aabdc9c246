package io.registrycache.upstream;

import io.registrycache.upstream.Verdict.Problem;
import java.net.URI;
import java.util.Optional;

/** The reason why a host cannot be reached, and the fix. */
record Unreachable(Proxies proxies) {

    private static final String NETWORK = "check this machine's network and firewall";

    Problem problem(URI url, Exception why) {
        Obstacle obstacle = why instanceof UpstreamFailure failure ? failure.obstacle() : Obstacle.OTHER;
        Origin host = Origin.of(url);
        Optional<Proxy> proxy = proxies.proxy(url);
        return switch (obstacle) {
            case NO_SUCH_HOST, REFUSED, NO_ROUTE, TIMEOUT ->
                proxy.map(it -> noWayTo(it, url, obstacle)).orElseGet(() -> noWayTo(url, obstacle));
            case PROXY_CREDENTIALS -> proxyRefuses(url);
            case PROXY ->
                new Problem(
                        through(url) + String.valueOf(why.getMessage()).replaceFirst(".*: the proxy", "") + " to "
                                + host,
                        "let the proxy's operator allow " + host + ", or exempt it with no_proxy");
            case CERTIFICATE_TRUST, CERTIFICATE_NAME, CERTIFICATE_DATE -> certificate(url, obstacle);
            case TLS -> new Problem("TLS with " + host + " fails", "a registry without TLS is given as http://" + host);
            case SILENCE -> silent(url);
            case OTHER ->
                new Problem(host + ": " + why.getMessage(), "check host, port and http:// or https://; " + NETWORK);
        };
    }

    private Problem certificate(URI url, Obstacle obstacle) {
        String fix = switch (obstacle) {
            case CERTIFICATE_NAME -> "give the name that the certificate is for, or a host that has the right one";
            case CERTIFICATE_DATE -> "check this machine's clock; otherwise the certificate needs to be renewed";
            default -> "give the certificate of its authority, or of a proxy that opens TLS, in SSL_CERT_FILE";
        };
        String proxy = proxies.proxy(url)
                .filter(it -> it.origin().isTls())
                .map(it -> ", or of the proxy " + it.origin())
                .orElse("");
        return new Problem(Origin.of(url) + proxy + ": " + obstacle.words(), fix);
    }

    /** Nothing has come. */
    Problem silent(URI url) {
        String way = proxies.proxy(url)
                .map(it -> ", through the proxy " + it.origin())
                .orElse("");
        return new Problem(Origin.of(url) + " does not answer in time" + way, NETWORK);
    }

    Problem proxyRefuses(URI url) {
        return new Problem(
                through(url) + " does not accept the credentials (407)",
                "give them as " + variable(url) + "=http://user:password@host:port, percent-encoded");
    }

    private Problem noWayTo(URI url, Obstacle obstacle) {
        Origin host = Origin.of(url);
        String behindProxy = "; behind a proxy, give " + variable(url);
        return switch (obstacle) {
            case NO_SUCH_HOST ->
                new Problem(
                        "the name " + host.address() + " does not resolve",
                        "check its spelling, and this machine's DNS" + behindProxy);
            case REFUSED -> new Problem(host + " refuses the connection", "check host and port" + behindProxy);
            default -> new Problem(host + " cannot be reached: " + obstacle.words(), NETWORK + behindProxy);
        };
    }

    private Problem noWayTo(Proxy proxy, URI url, Obstacle obstacle) {
        return new Problem(
                "the proxy " + proxy.origin() + " cannot be reached: " + obstacle.words(),
                "check host and port in " + variable(url));
    }

    private String through(URI url) {
        return "the proxy" + proxies.proxy(url).map(it -> " " + it.origin()).orElse("");
    }

    private static String variable(URI url) {
        return url.getScheme() + "_proxy";
    }
}
