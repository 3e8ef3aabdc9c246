package io.registrycache.upstream;

import static java.util.Objects.requireNonNull;

import io.netty.handler.codec.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Collects a response with a small body. */
final class Small implements Collector {

    /** In all responses that are being collected, so that hostile upstreams cannot fill the heap. */
    private static final long MOST_HELD = 32 << 20;

    private static final AtomicLong HELD = new AtomicLong();

    private final int largest;
    private final CompletableFuture<Response> response = new CompletableFuture<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);
    private @Nullable HttpResponse head;

    /**
     * For one response.
     *
     * @param largest a body with more bytes is refused
     */
    Small(int largest) {
        this.largest = largest;
    }

    @Override
    public CompletableFuture<Response> response() {
        return response;
    }

    @Override
    public void head(HttpResponse received) {
        head = received;
    }

    @Override
    public void body(ByteBuffer[] parts) throws IOException {
        for (ByteBuffer part : parts) {
            int length = part.remaining();
            if (body.size() + length > largest) {
                throw new UpstreamFailure("sent more than " + largest + " bytes where a short answer is expected");
            }
            if (HELD.addAndGet(length) > MOST_HELD) {
                HELD.addAndGet(-length);
                throw new UpstreamFailure("sent too many large answers at the same time");
            }
            byte[] bytes = new byte[length];
            part.get(bytes);
            body.write(bytes);
        }
    }

    @Override
    public void end() {
        HELD.addAndGet(-body.size());
        response.complete(new Response(requireNonNull(head), body.toByteArray()));
    }

    @Override
    public void failed(Exception why) {
        HELD.addAndGet(-body.size());
        response.completeExceptionally(why);
    }
}
