package io.registrycache.upstream;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.registrycache.request.RegistryException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;

/** A request that is watched, and the outcome of it. */
final class Step implements Receiver {

    sealed interface Outcome {
        /** Nothing has come. */
        record Pending() implements Outcome {}

        record Answered(HttpResponse head) implements Outcome {
            int status() {
                return head.status().code();
            }

            boolean isWebPage() {
                return head.headers()
                        .get(HttpHeaderNames.CONTENT_TYPE, "")
                        .strip()
                        .toLowerCase(Locale.ROOT)
                        .startsWith("text/html");
            }
        }

        /** An answer did not come. */
        record Failed(Exception why) implements Outcome {}
    }

    private final Outgoing request;
    private final boolean isForToken;
    private final Receiver receiver;
    private volatile Outcome outcome = new Outcome.Pending();

    Step(Outgoing request, boolean isForToken, Receiver receiver) {
        this.request = request;
        this.isForToken = isForToken;
        this.receiver = receiver;
    }

    Outgoing request() {
        return request;
    }

    /** Whether it asks a token service. */
    boolean isForToken() {
        return isForToken;
    }

    Outcome outcome() {
        return outcome;
    }

    boolean hasCredentials() {
        return request.headers().contains(HttpHeaderNames.AUTHORIZATION);
    }

    @Override
    public void head(HttpResponse head) throws RegistryException {
        outcome = new Outcome.Answered(head);
        receiver.head(head);
    }

    @Override
    public void body(ByteBuffer[] parts) throws IOException, RegistryException {
        receiver.body(parts);
    }

    @Override
    public void end() {
        receiver.end();
    }

    @Override
    public void failed(Exception why) {
        if (outcome instanceof Outcome.Pending) {
            outcome = new Outcome.Failed(why);
        }
        receiver.failed(why);
    }
}
