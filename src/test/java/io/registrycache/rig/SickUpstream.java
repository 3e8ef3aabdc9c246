package io.registrycache.rig;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;

/** An upstream that gives every request the same bad answer. */
public final class SickUpstream implements AutoCloseable {

    private final HttpServer server;

    private SickUpstream(HttpServer server) {
        this.server = server;
    }

    public static SickUpstream answering(int status, int port) throws IOException {
        return answering(status, port, Map.of("Retry-After", "17"));
    }

    /** The same, with headers of the test's choice. */
    public static SickUpstream answering(int status, int port, Map<String, String> headers) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 50);
        server.createContext("/", exchange -> {
            headers.forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        return new SickUpstream(server);
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
