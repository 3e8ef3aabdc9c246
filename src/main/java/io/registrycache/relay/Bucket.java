package io.registrycache.relay;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.registrycache.fetch.Intake;
import io.registrycache.request.Digest;
import io.registrycache.upstream.Outgoing;
import io.registrycache.upstream.Receiver;
import io.registrycache.upstream.Transport;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * The content of one upstream in a bucket, or in its child's memory, which only the child can read and write: asks the
 * child whether it has a blob, with the back door closed for that blob, and lets it store a spool through the back door.
 */
public final class Bucket implements Intake {

    /** An upload of 5 GB at 1 MB/s. */
    private static final Duration UPLOAD = Duration.ofHours(2);

    private static final Duration PROBE = Duration.ofSeconds(20);
    /** After that a client gets the blob from the upstream. */
    private static final Duration PATIENCE = Duration.ofSeconds(8);
    /** Version 2 of the registry answers before it has stored all of it. */
    private static final Duration LAG = Duration.ofSeconds(60);

    private static final Duration POLL = Duration.ofMillis(500);
    private static final int MOST_ATTEMPTS = 3;

    private final Transport children;
    private final Supplier<CompletableFuture<Integer>> port;
    private final Map<Digest, Integer> asked = new ConcurrentHashMap<>();

    /**
     * For one upstream.
     *
     * @param port of its child
     */
    public Bucket(Transport children, Supplier<CompletableFuture<Integer>> port) {
        this.children = children;
        this.port = port;
    }

    /** Whether the child is only asked if it has the blob, so that the back door must not give it. */
    boolean isClosedFor(Digest digest) {
        return asked.containsKey(digest);
    }

    /** Whether the child has a blob. */
    CompletableFuture<Boolean> has(Digest digest, String repository) {
        asked.merge(digest, 1, Integer::sum);
        return head(digest, repository)
                // A child that does not run, or whose storage hangs, does not answer.
                .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .thenApply(status -> status == 200)
                .whenComplete((known, failure) ->
                        asked.computeIfPresent(digest, (key, count) -> count == 1 ? null : count - 1));
    }

    @Override
    public void takeIn(Digest digest, Path spool, Collection<String> repositories) throws IOException {
        for (String repository : repositories) {
            link(digest, repository);
        }
    }

    @Override
    public void link(Digest digest, String repository) throws IOException {
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            int status = get(head(digest, repository), UPLOAD);
            if (status != 200) {
                throw new IOException("the child answers " + status + " when it is to store a layer");
            }
            long patience = System.nanoTime() + LAG.toNanos();
            while (System.nanoTime() - patience < 0) {
                LockSupport.parkNanos(POLL.toNanos());
                if (get(has(digest, repository), PROBE)) {
                    return;
                }
            }
        }
        throw new IOException("the child does not store a layer");
    }

    /** Nowhere on this machine. */
    @Override
    public Path path(Digest digest) {
        return Path.of("/nonexistent");
    }

    private CompletableFuture<Integer> head(Digest digest, String repository) {
        return port.get().thenCompose(at -> {
            Status status = new Status();
            URI url = URI.create("http://127.0.0.1:" + at + "/v2/" + repository + "/blobs/" + digest);
            children.send(new Outgoing(url, HttpMethod.HEAD, new DefaultHttpHeaders(), true), status);
            return status.received;
        });
    }

    private static <T> T get(CompletableFuture<T> future, Duration patience) throws IOException {
        try {
            return future.get(patience.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the child does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** Waits for the status alone. */
    private static final class Status implements Receiver {

        private final CompletableFuture<Integer> received = new CompletableFuture<>();

        @Override
        public void head(HttpResponse head) {
            received.complete(head.status().code());
        }

        @Override
        public void body(ByteBuffer[] parts) {
            // HEAD has none.
        }

        @Override
        public void end() {
            received.completeExceptionally(new IOException("no answer"));
        }

        @Override
        public void failed(Exception why) {
            received.completeExceptionally(why);
        }
    }
}
