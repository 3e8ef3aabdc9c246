package io.registrycache.process;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How an upstream asks for credentials. Version 2.8 of the registry gives them to token services only, so an upstream
 * that wants them itself must have them in its URL; and no other upstream may, for it has no business with them.
 */
final class UpstreamChallenge {

    private static final Logger LOG = LoggerFactory.getLogger(UpstreamChallenge.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private UpstreamChallenge() {}

    /** Asks without credentials; when there is no answer, the usual case is taken, a token service. */
    static boolean isBasic(URI upstream, Map<String, String> environment) {
        for (Proxy proxy : proxies(upstream, environment)) {
            try {
                return ask(upstream, proxy);
            } catch (IOException | IllegalArgumentException e) {
                LOG.debug("{} does not say how it wants credentials: {}", upstream, e.getMessage());
            }
        }
        return false;
    }

    private static boolean ask(URI upstream, Proxy proxy) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) upstream.resolve("/v2/").toURL().openConnection(proxy);
        connection.setConnectTimeout((int) PATIENCE.toMillis());
        connection.setReadTimeout((int) PATIENCE.toMillis());
        connection.setInstanceFollowRedirects(false);
        try {
            String challenge = connection.getHeaderField("WWW-Authenticate");
            return connection.getResponseCode() == 401
                    && challenge != null
                    && challenge.toLowerCase(Locale.ROOT).startsWith("basic");
        } finally {
            connection.disconnect();
        }
    }

    /** As Go has it: never a proxy to this machine. */
    private static List<Proxy> proxies(URI upstream, Map<String, String> environment) {
        String variable = upstream.getScheme() + "_proxy";
        String given =
                environment.getOrDefault(variable, environment.getOrDefault(variable.toUpperCase(Locale.ROOT), ""));
        if (given.isBlank() || isThisMachine(upstream.getHost())) {
            return List.of(Proxy.NO_PROXY);
        }
        URI url = URI.create(given.contains("://") ? given : "http://" + given);
        Proxy proxy = new Proxy(
                Proxy.Type.HTTP, new InetSocketAddress(url.getHost(), url.getPort() < 0 ? 80 : url.getPort()));
        // no_proxy may exempt the upstream; whoever answers first is right.
        return List.of(proxy, Proxy.NO_PROXY);
    }

    private static boolean isThisMachine(String host) {
        try {
            return host.equals("localhost")
                    || (host.matches("[0-9.]+") && InetAddress.getByName(host).isLoopbackAddress());
        } catch (IOException e) {
            return false;
        }
    }
}
