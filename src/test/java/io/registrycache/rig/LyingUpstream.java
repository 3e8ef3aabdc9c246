package io.registrycache.rig;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** An upstream with one manifest and one layer that answers as a test likes; its pings are honest. */
public final class LyingUpstream implements AutoCloseable {

    private static final String TYPE = "application/vnd.oci.image.manifest.v1+json";

    private volatile byte[] layer = new byte[0];
    private volatile byte[] manifest = new byte[0];
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final HttpServer server;
    private final AtomicInteger requests = new AtomicInteger();
    private volatile HttpHandler behaviour = this::honest;

    private LyingUpstream() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.setExecutor(executor);
        server.createContext("/", exchange -> {
            try (exchange) {
                if (exchange.getRequestURI().getPath().equals("/v2/")) {
                    send(exchange, 200, "application/json", "{}".getBytes(StandardCharsets.UTF_8));
                } else {
                    requests.incrementAndGet();
                    behaviour.handle(exchange);
                }
            }
        });
        server.start();
    }

    public static LyingUpstream open() throws IOException {
        LyingUpstream upstream = new LyingUpstream();
        upstream.renew("a layer");
        return upstream;
    }

    /** Has another layer and manifest from now on, of which nothing is cached. */
    public void renew(String name) {
        layer = (name + "\n").repeat(5000).getBytes(StandardCharsets.UTF_8);
        manifest = ("{\"schemaVersion\":2,\"mediaType\":\"" + TYPE + "\",\"layers\":[{\"digest\":\"" + Sha256.of(layer)
                        + "\",\"size\":" + layer.length + "}]}")
                .getBytes(StandardCharsets.UTF_8);
    }

    public void behave(HttpHandler next) {
        behaviour = next;
        requests.set(0);
    }

    public void beHonest() {
        behave(this::honest);
    }

    /** Without pings. */
    public int requests() {
        return requests.get();
    }

    public byte[] manifest() {
        return manifest.clone();
    }

    public byte[] layer() {
        return layer.clone();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Gives the requested content, whole. */
    public void honest(HttpExchange exchange) throws IOException {
        if (isForBlob(exchange)) {
            send(exchange, 200, "application/octet-stream", layer);
        } else {
            exchange.getResponseHeaders().set("Docker-Content-Digest", Sha256.of(manifest));
            send(exchange, 200, TYPE, manifest);
        }
    }

    public static boolean isForBlob(HttpExchange exchange) {
        return exchange.getRequestURI().getPath().contains("/blobs/");
    }

    public static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        boolean isHead = exchange.getRequestMethod().equals("HEAD");
        if (isHead) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
        }
        exchange.sendResponseHeaders(status, isHead || body.length == 0 ? -1 : body.length);
        if (!isHead) {
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
