package io.registrycache.rig;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A gate before an upstream that lets pulls pass that bear a token, and gives tokens for
 * credentials, {@link UpstreamRegistry#CREDENTIALS} as a rule: the only way in which a registry before version 3 passes its credentials on.
 */
public final class TokenGate implements AutoCloseable {

    private static final String TOKEN = "eyJ0b2tlbiI6InRlc3QifQ";
    private static final List<String> PASSED_ON = List.of("Accept", "Range", "If-None-Match");
    private static final List<String> PASSED_BACK = List.of(
            "Accept-Ranges",
            "Content-Length",
            "Content-Range",
            "Content-Type",
            "Docker-Content-Digest",
            "Docker-Distribution-Api-Version",
            "Etag",
            "Link");

    private final UpstreamRegistry upstream;
    private final Credentials credentials;
    private final HttpServer server;
    private final String tokenService;
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final AtomicInteger tokens = new AtomicInteger();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(HttpClient.Builder.NO_PROXY)
            .build();

    private TokenGate(UpstreamRegistry upstream, Credentials credentials, HttpServer server, String tokenService) {
        this.upstream = upstream;
        this.credentials = credentials;
        this.server = server;
        this.tokenService = tokenService;
        server.setExecutor(executor);
        server.createContext("/token", this::giveToken);
        server.createContext("/v2/", this::letPass);
        server.start();
    }

    /** Opens a gate; its upstream stays open to pushes. */
    public static TokenGate before(UpstreamRegistry upstream) {
        return before(upstream, UpstreamRegistry.CREDENTIALS);
    }

    /** The same, with credentials of the test's choice. */
    public static TokenGate before(UpstreamRegistry upstream, Credentials credentials) {
        try {
            HttpServer server = HttpServer.create(address(), 0);
            String url = "http://127.0.0.1:" + server.getAddress().getPort();
            return new TokenGate(upstream, credentials, server, url);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The same, with TLS and with names as an authority gives them.
     *
     * @param tokenService where tokens are, under a name that leads here
     */
    public static TokenGate withTls(UpstreamRegistry upstream, Authority authority, String tokenService) {
        try {
            HttpsServer server = HttpsServer.create(address(), 0);
            server.setHttpsConfigurator(new HttpsConfigurator(authority.server()));
            return new TokenGate(upstream, UpstreamRegistry.CREDENTIALS, server, tokenService);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());
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

    /** An element for the cache's CONFIG, with the credentials that open the gate. */
    public String configElement(String name) {
        return ConfigElement.of(name, url(), credentials);
    }

    /** How many tokens it has given. */
    public int tokens() {
        return tokens.get();
    }

    private void giveToken(HttpExchange exchange) throws IOException {
        if (has(exchange, credentials.basic())) {
            tokens.incrementAndGet();
            answer(exchange, 200, "{\"token\": \"" + TOKEN + "\", \"expires_in\": 300}");
        } else {
            answer(exchange, 401, "{\"details\": \"incorrect username or password\"}");
        }
    }

    private void letPass(HttpExchange exchange) throws IOException {
        if (has(exchange, "Bearer " + TOKEN)) {
            passOn(exchange);
            return;
        }
        String realm = "Bearer realm=\"" + tokenService + "/token\",service=\"upstream\"";
        exchange.getResponseHeaders().set("WWW-Authenticate", realm);
        exchange.getResponseHeaders().set("Docker-Distribution-Api-Version", "registry/2.0");
        answer(exchange, 401, "{\"errors\": [{\"code\": \"UNAUTHORIZED\", \"message\": \"a token is needed\"}]}");
    }

    private static boolean has(HttpExchange exchange, String authorization) {
        return authorization.equals(exchange.getRequestHeaders().getFirst("Authorization"));
    }

    private static void answer(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, head ? -1 : body.length);
        if (!head) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    private void passOn(HttpExchange exchange) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(upstream.url()).resolve(exchange.getRequestURI()))
                .method(exchange.getRequestMethod(), BodyPublishers.noBody());
        for (String name : PASSED_ON) {
            exchange.getRequestHeaders().getOrDefault(name, List.of()).forEach(value -> request.header(name, value));
        }
        HttpResponse<InputStream> response = send(request.build());
        for (String name : PASSED_BACK) {
            response.headers()
                    .allValues(name)
                    .forEach(value -> exchange.getResponseHeaders().add(name, value));
        }
        try (InputStream body = response.body();
                exchange) {
            long length = response.headers().firstValueAsLong("Content-Length").orElse(0);
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(response.statusCode(), head ? -1 : length);
            body.transferTo(exchange.getResponseBody());
        }
    }

    private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
        try {
            return client.send(request, BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
