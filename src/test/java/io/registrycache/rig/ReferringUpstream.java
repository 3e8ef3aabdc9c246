package io.registrycache.rig;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The official registry with an addition: the referrers API, for manifests that were pushed through this. */
public final class ReferringUpstream implements AutoCloseable {

    private static final String INDEX = ImageFormat.OCI.index();
    private static final JsonMapper JSON = JsonMapper.builder().build();
    /** The JDK's client writes them itself. */
    private static final Set<String> NOT_FORWARDED = Set.of("host", "content-length", "connection", "expect");

    private final UpstreamRegistry registry = UpstreamRegistry.open();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(HttpClient.Builder.NO_PROXY)
            .build();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final HttpServer server;
    private final Map<String, List<ObjectNode>> referrers = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile boolean filters = true;
    private volatile int pageSize = Integer.MAX_VALUE;

    private ReferringUpstream() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.setExecutor(executor);
        server.createContext("/", exchange -> {
            try (exchange) {
                if (exchange.getRequestURI().getPath().contains("/referrers/")) {
                    asked.add(exchange.getRequestURI().toString());
                    answer(exchange);
                } else {
                    forward(exchange);
                }
            }
        });
        server.start();
    }

    public static ReferringUpstream open() throws IOException {
        return new ReferringUpstream();
    }

    /** Ignores {@code artifactType} from now on. */
    public ReferringUpstream unfiltering() {
        filters = false;
        return this;
    }

    /** Gives so many at a time from now on. */
    public ReferringUpstream paging(int size) {
        pageSize = size;
        return this;
    }

    /** Targets of the requests for referrers, the oldest first. */
    public List<String> asked() {
        return List.copyOf(asked);
    }

    public void forget() {
        asked.clear();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public String host() {
        return "127.0.0.1:" + port();
    }

    public String url() {
        return "http://" + host();
    }

    private void answer(HttpExchange exchange) throws IOException {
        Map<String, String> query = query(exchange.getRequestURI());
        String path = exchange.getRequestURI().getPath();
        String type = filters ? query.getOrDefault("artifactType", "") : "";
        List<ObjectNode> all = referrers.getOrDefault(key(path), List.of()).stream()
                .filter(it -> type.isEmpty() || it.path("artifactType").asText().equals(type))
                .toList();
        int from = Integer.parseInt(query.getOrDefault("from", "0"));
        int to = (int) Math.min(all.size(), (long) from + pageSize);
        ObjectNode index = JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", INDEX);
        ArrayNode manifests = index.putArray("manifests");
        all.subList(from, to).forEach(manifests::add);
        if (to < all.size()) {
            String kept = type.isEmpty() ? "" : "&artifactType=" + type.replace("+", "%2B");
            exchange.getResponseHeaders().set("Link", "<" + path + "?from=" + to + kept + ">; rel=\"next\"");
        }
        if (!type.isEmpty()) {
            exchange.getResponseHeaders().set("OCI-Filters-Applied", "artifactType");
        }
        LyingUpstream.send(exchange, 200, INDEX, JSON.writeValueAsBytes(index));
    }

    private static Map<String, String> query(URI uri) {
        Map<String, String> query = new TreeMap<>();
        if (uri.getRawQuery() != null) {
            for (String parameter : uri.getRawQuery().split("&")) {
                int equals = parameter.indexOf('=');
                query.put(
                        parameter.substring(0, equals),
                        URLDecoder.decode(parameter.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return query;
    }

    /** Repository and digest. */
    private static String key(String path) {
        return path.substring("/v2/".length()).replace("/referrers/", "@");
    }

    private void forward(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(registry.url()).resolve(exchange.getRequestURI()))
                .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!NOT_FORWARDED.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        HttpResponse<byte[]> response = send(request.build());
        response.headers().map().forEach((name, values) -> {
            if (!name.equalsIgnoreCase("content-length") && !name.equalsIgnoreCase("transfer-encoding")) {
                exchange.getResponseHeaders().put(name, new ArrayList<>(values));
            }
        });
        if (response.statusCode() == 201 && exchange.getRequestURI().getPath().contains("/manifests/")) {
            remember(exchange, body);
        }
        send(exchange, response);
    }

    private HttpResponse<byte[]> send(HttpRequest request) throws IOException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    private static void send(HttpExchange exchange, HttpResponse<byte[]> response) throws IOException {
        boolean isHead = exchange.getRequestMethod().equals("HEAD");
        if (isHead) {
            response.headers()
                    .firstValue("Content-Length")
                    .ifPresent(length -> exchange.getResponseHeaders().set("Content-Length", length));
        }
        byte[] body = response.body();
        exchange.sendResponseHeaders(response.statusCode(), isHead || body.length == 0 ? -1 : body.length);
        if (!isHead && body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    private void remember(HttpExchange exchange, byte[] body) throws IOException {
        JsonNode manifest = JSON.readTree(body);
        String subject = manifest.at("/subject/digest").asText();
        if (subject.isEmpty()) {
            return;
        }
        String mediaType = manifest.path("mediaType").asText();
        ObjectNode descriptor = JSON.createObjectNode()
                .put("mediaType", mediaType)
                .put("digest", Sha256.of(body))
                .put("size", body.length)
                .put(
                        "artifactType",
                        manifest.path("artifactType")
                                .asText(manifest.at("/config/mediaType").asText()));
        if (manifest.has("annotations")) {
            descriptor.set("annotations", manifest.get("annotations"));
        }
        String path = exchange.getRequestURI().getPath();
        String repository = path.substring("/v2/".length(), path.lastIndexOf("/manifests/"));
        referrers
                .computeIfAbsent(repository + "@" + subject, unused -> new CopyOnWriteArrayList<>())
                .add(descriptor);
        exchange.getResponseHeaders().set("OCI-Subject", subject);
    }

    /** Takes it off the network. */
    public void leave() {
        server.stop(0);
    }

    @Override
    public void close() {
        leave();
        executor.shutdownNow();
        registry.close();
    }
}
