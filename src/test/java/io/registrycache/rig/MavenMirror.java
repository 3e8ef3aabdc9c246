package io.registrycache.rig;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** This machine's local Maven repository, for a build in a container, where everything was downloaded already. */
public final class MavenMirror implements AutoCloseable {

    private final ExecutorService executor = Executors.newFixedThreadPool(4);
    private final Path repository;
    private final HttpServer server;

    private MavenMirror(Path repository) throws IOException {
        this.repository = repository.toRealPath();
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free()), 0);
        server.createContext("/", this::answer);
        server.setExecutor(executor);
        server.start();
    }

    public static MavenMirror start() throws IOException {
        return new MavenMirror(Path.of(System.getProperty(
                "maven.repo.local",
                Path.of(System.getProperty("user.home"), ".m2/repository").toString())));
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    private void answer(HttpExchange exchange) throws IOException {
        Path file = repository
                .resolve(exchange.getRequestURI().getPath().substring(1))
                .normalize();
        boolean found = file.startsWith(repository) && Files.isRegularFile(file);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        try (exchange) {
            exchange.sendResponseHeaders(found ? 200 : 404, head || !found ? -1 : Files.size(file));
            if (found && !head) {
                try (OutputStream body = exchange.getResponseBody()) {
                    Files.copy(file, body);
                }
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
