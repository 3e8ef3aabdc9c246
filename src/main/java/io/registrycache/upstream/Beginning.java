package io.registrycache.upstream;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** Wants the head of a response to GET: reads a short body, so that the connection stays open, and no other. */
final class Beginning implements Collector {

    private static final int MOST_READ = 16 << 10;
    private static final byte[] NOTHING = {};

    private final CompletableFuture<Response> response = new CompletableFuture<>();
    private long announced;
    private long read;

    @Override
    public CompletableFuture<Response> response() {
        return response;
    }

    @Override
    public void head(HttpResponse head) {
        String length = head.headers().get(HttpHeaderNames.CONTENT_LENGTH, "");
        announced = length.matches("[0-9]{1,18}") ? Long.parseLong(length) : 0;
        response.complete(new Response(head, NOTHING));
    }

    @Override
    public void body(ByteBuffer[] parts) throws UpstreamFailure {
        for (ByteBuffer part : parts) {
            read += part.remaining();
        }
        if (Math.max(announced, read) > MOST_READ) {
            throw new UpstreamFailure("sends a body that is not wanted");
        }
    }

    @Override
    public void end() {}

    @Override
    public void failed(Exception why) {
        // Too late if there was a head.
        response.completeExceptionally(why);
    }
}
