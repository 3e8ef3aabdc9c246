package io.registrycache.rig;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLEngine;
import org.littleshoot.proxy.HttpProxyServer;
import org.littleshoot.proxy.HttpProxyServerBootstrap;
import org.littleshoot.proxy.ProxyAuthenticator;
import org.littleshoot.proxy.SslEngineSource;
import org.littleshoot.proxy.impl.DefaultHttpProxyServer;

/** The one way out of a company's network; where it leads, a test says. */
public final class CorporateProxy implements AutoCloseable {

    private final Set<String> targets = ConcurrentHashMap.newKeySet();
    private final Optional<Credentials> credentials;
    private final boolean tls;
    private final HttpProxyServer server;

    private CorporateProxy(
            Map<String, Integer> internet, Optional<Credentials> credentials, Optional<Authority> authority) {
        this.credentials = credentials;
        this.tls = authority.isPresent();
        HttpProxyServerBootstrap bootstrap = DefaultHttpProxyServer.bootstrap()
                .withPort(Ports.free())
                .withServerResolver((host, port) -> {
                    targets.add(host + ":" + port);
                    return new InetSocketAddress(InetAddress.getLoopbackAddress(), internet.getOrDefault(host, port));
                });
        credentials.ifPresent(known -> bootstrap.withProxyAuthenticator(new Gatekeeper(known)));
        authority.ifPresent(it -> bootstrap.withAuthenticateSslClients(false).withSslEngineSource(new Engines(it)));
        this.server = bootstrap.start();
    }

    /**
     * Starts a proxy without a password.
     *
     * @param internet the port of 127.0.0.1 where each host is
     */
    public static CorporateProxy to(Map<String, Integer> internet) {
        return new CorporateProxy(internet, Optional.empty(), Optional.empty());
    }

    /** The same, for those with a password. */
    public static CorporateProxy to(Map<String, Integer> internet, Credentials credentials) {
        return new CorporateProxy(internet, Optional.of(credentials), Optional.empty());
    }

    /** The same, with TLS on the way to the proxy itself. */
    public static CorporateProxy withTls(Map<String, Integer> internet, Authority authority) {
        return new CorporateProxy(internet, Optional.empty(), Optional.of(authority));
    }

    public String host() {
        return "127.0.0.1:" + server.getListenAddress().getPort();
    }

    /** With its credentials, if it has any. */
    public String url() {
        return (tls ? "https://" : "http://")
                + credentials
                        .map(it -> encoded(it.user()) + ":" + encoded(it.password()) + "@")
                        .orElse("")
                + host();
    }

    /** Everything that it was asked to connect to, as {@code host:port}. */
    public Set<String> targets() {
        return new TreeSet<>(targets);
    }

    /** As it stands in a URL. */
    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public void close() {
        server.abort();
    }

    private record Gatekeeper(Credentials known) implements ProxyAuthenticator {

        @Override
        public boolean authenticate(String user, String password) {
            return known.equals(new Credentials(user, password));
        }

        @Override
        public String getRealm() {
            return "company";
        }
    }

    private record Engines(Authority authority) implements SslEngineSource {

        @Override
        public SSLEngine newSslEngine() {
            return authority.server().createSSLEngine();
        }

        @Override
        public SSLEngine newSslEngine(String host, int port) {
            return authority.server().createSSLEngine(host, port);
        }
    }
}
