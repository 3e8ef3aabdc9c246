package io.registrycache.catalog;

import static io.registrycache.request.Json.JSON;

import com.fasterxml.jackson.databind.JsonNode;
import io.registrycache.process.Loopback;
import io.registrycache.process.UpstreamChild;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks a child for a list of its stored names; blocks. */
final class ChildList {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private ChildList() {}

    /**
     * The child's answer; nothing in it if the child refuses.
     *
     * @throws IOException if the child does not answer
     */
    static JsonNode ask(UpstreamChild child, String target) throws IOException {
        Loopback.Reply reply = Loopback.get(port(child), target, PATIENCE);
        return reply.status() == 200 ? JSON.readTree(reply.body()) : JSON.createObjectNode();
    }

    private static int port(UpstreamChild child) throws IOException {
        try {
            return child.port().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the child does not run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
