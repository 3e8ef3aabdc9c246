package io.registrycache.upstream;

import io.netty.handler.codec.http.HttpResponse;
import java.util.concurrent.CompletableFuture;

/** Makes one object of a short response. */
interface Collector extends Receiver {

    /** A response, with as much of its body as was wanted. */
    @SuppressWarnings("ArrayRecordComponent") // Read once, by who asked.
    record Response(HttpResponse head, byte[] body) {}

    CompletableFuture<Response> response();

    @Override
    default boolean isShort() {
        return true;
    }
}
