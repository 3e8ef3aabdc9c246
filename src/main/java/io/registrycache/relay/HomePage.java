package io.registrycache.relay;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.registrycache.config.Upstream;
import io.registrycache.config.Upstreams;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/** Tells a person who opens the cache's address in a browser what it is, and how to pull from it. */
public final class HomePage implements Processor {

    /** A host and port that can stand in a page and in a command as they are. */
    private static final Pattern AUTHORITY = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[0-9A-Za-z._-]+)(:[0-9]{1,5})?");

    private static final Pattern LOOPBACK = Pattern.compile("localhost|127\\..*|\\[?::1]?");
    private static final Pattern WILDCARD = Pattern.compile("0\\.0\\.0\\.0|\\[?::]?");

    private static final String PAGE = """
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>docker-registry-cache</title>
            <style>
              :root { color-scheme: light dark }
              body { font: 1rem/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem }
              pre { padding: .6rem 1rem; background: #8882; overflow-x: auto }
            </style>
            <h1>docker-registry-cache</h1>
            <p>This is a cache for container images. Docker, Podman, containerd and other clients pull from it; there is
            nothing else to see here.</p>
            <h2>How to pull</h2>
            <p>Put this address in front of an image's name:</p>
            <pre>docker pull %1$s/debian
            docker pull %1$s/%2$s/my/image:tag</pre>
            <p>The registries behind it: %3$s.</p>
            <h2>Status</h2>
            <p>%4$s</p>
            """;

    private final Supplier<Upstreams> upstreams;
    private final String managementHost;
    private final int managementPort;

    /** For the upstreams that there are when a page is asked for. */
    public HomePage(Supplier<Upstreams> upstreams, String managementHost, int managementPort) {
        this.upstreams = upstreams;
        this.managementHost = managementHost;
        this.managementPort = managementPort;
    }

    @Override
    public void process(Exchange exchange) {
        PullRequest pull = PullRequest.of(exchange);
        Message message = exchange.getMessage();
        message.setHeader("Content-Type", "text/html; charset=utf-8");
        message.setHeader("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
        message.setHeader("X-Content-Type-Options", "nosniff");
        message.setHeader("Vary", "Accept");
        message.setBody(page(pull.asked().headers().get(HttpHeaderNames.HOST, "")));
    }

    String page(String host) {
        String authority = AUTHORITY.matcher(host).matches() ? host : "127.0.0.1:5000";
        Upstreams known = upstreams.get();
        String other = known.all().stream()
                .filter(upstream -> !upstream.equals(known.byDefault()))
                .findFirst()
                .orElse(known.byDefault())
                .name();
        String names = known.all().stream().map(Upstream::name).collect(Collectors.joining(", "));
        return PAGE.formatted(authority, other, names, status(authority));
    }

    private String status(String authority) {
        if (LOOPBACK.matcher(managementHost).matches()) {
            return "The status page is at http://%s:%d/, for browsers on the machine that runs the cache."
                    .formatted(managementHost, managementPort);
        }
        String host = WILDCARD.matcher(managementHost).matches()
                ? authority.replaceFirst(":[0-9]{1,5}$", "")
                : managementHost;
        String url = "http://" + host + ":" + managementPort + "/";
        return "The <a href=\"" + url + "\">status page</a> shows the upstreams, the storage and the running pulls.";
    }
}
