package io.registrycache.relay;

import io.netty.handler.codec.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/** Where a client's connection stands between requests and answers. */
sealed interface ClientState {

    /** The request that is open, if one is. */
    default @Nullable HttpRequest request() {
        return null;
    }

    /** The child that works for the open request, if one does. */
    default @Nullable ChildConnection child() {
        return null;
    }

    /** No request is open. */
    record Idle() implements ClientState {}

    /** A request is in the routes, perhaps at a child, and nothing of its answer is written. */
    record Asking(HttpRequest request, @Nullable ChildConnection child) implements ClientState {}

    /** The head of an answer is written, and its content comes from a child. */
    record Relaying(HttpRequest request, ChildConnection child) implements ClientState {}

    /** An answer is written whole, though perhaps not out yet. */
    record Answered(HttpRequest request) implements ClientState {}

    /** The connection closes; whatever still comes is thrown away. */
    record Closing() implements ClientState {}
}
