package io.registrycache.upstream;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The proxies that an environment names, chosen as a child chooses them. Rules: Go's golang.org/x/net/http/httpproxy. */
final class Proxies extends ProxySelector {

    private static final Logger LOG = LoggerFactory.getLogger(Proxies.class);

    private final Map<String, String> environment;

    Proxies(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /** The proxy on the way to a target; holds its password. */
    private Optional<URI> proxy(URI target) {
        String given = variable(target.getScheme() + "_proxy");
        return given.isBlank() || isExempt(target) ? Optional.empty() : parsed(given.strip());
    }

    /** The proxy on the way to a target as {@code host:port}. */
    Optional<String> name(URI target) {
        return proxy(target).map(url -> url.getHost() + ":" + port(url));
    }

    /** Whether the way to a target leads through a proxy that the JDK's client cannot talk to: one with TLS, or SOCKS. */
    boolean isBeyondUs(URI target) {
        return proxy(target).filter(url -> !url.getScheme().equals("http")).isPresent();
    }

    /** What the proxy on the way to a target wants to see, if it wants a password. */
    Optional<String> authorization(URI target) {
        return proxy(target)
                .map(URI::getUserInfo)
                .map(user -> "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public List<Proxy> select(URI target) {
        return List.of(proxy(target)
                .map(url -> new Proxy(Proxy.Type.HTTP, new InetSocketAddress(url.getHost(), port(url))))
                .orElse(Proxy.NO_PROXY));
    }

    @Override
    public void connectFailed(URI target, SocketAddress proxy, IOException failure) {
        LOG.debug("proxy {} for {}: {}", proxy, target.getHost(), failure.getMessage());
    }

    private boolean isExempt(URI target) {
        String host = target.getHost().toLowerCase(Locale.ROOT);
        if (host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]")) {
            return true;
        }
        return Stream.of(variable("no_proxy").split(","))
                .map(String::strip)
                .filter(entry -> !entry.isEmpty())
                .anyMatch(entry -> new Exemption(entry.toLowerCase(Locale.ROOT)).covers(host, port(target)));
    }

    private String variable(String lower) {
        String upper = environment.getOrDefault(lower.toUpperCase(Locale.ROOT), "");
        return upper.isEmpty() ? environment.getOrDefault(lower, "") : upper;
    }

    private static Optional<URI> parsed(String text) {
        try {
            URI url = URI.create(text.contains("://") ? text : "http://" + text);
            return Optional.of(url).filter(it -> it.getHost() != null);
        } catch (IllegalArgumentException e) {
            // Its message quotes the text, which may hold a password.
            LOG.debug("a proxy is no URL");
            return Optional.empty();
        }
    }

    private static int port(URI url) {
        return url.getPort() >= 0
                ? url.getPort()
                : switch (url.getScheme()) {
                    case "https" -> 443;
                    case "socks5", "socks5h" -> 1080;
                    default -> 80;
                };
    }
}
