package io.registrycache.relay;

import io.registrycache.upstream.Origin;
import io.registrycache.upstream.Outgoing;
import io.registrycache.upstream.Receiver;
import io.registrycache.upstream.Transport;
import io.registrycache.upstream.UpstreamFailure;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A request to an upstream, from the queue to the last byte of its response. */
final class UpstreamCall implements Transport.Call {

    private final UpstreamConnections connections;
    private final Outgoing request;
    private final Receiver receiver;
    private final Origin origin;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable UpstreamConnection carrier;
    private volatile boolean canceled;
    /** When its turn came, or 0. */
    private volatile long began;

    UpstreamCall(UpstreamConnections connections, Outgoing request, Receiver receiver) {
        this.connections = connections;
        this.request = request;
        this.receiver = receiver;
        this.origin = Origin.of(request.url());
    }

    Outgoing request() {
        return request;
    }

    Origin origin() {
        return origin;
    }

    Receiver receiver() {
        return receiver;
    }

    @Override
    public void cancel() {
        canceled = true;
        if (connections.withdraw(this)) {
            if (over.compareAndSet(false, true)) {
                receiver.failed(new UpstreamFailure("has too many requests under way"));
            }
            return;
        }
        UpstreamConnection connection = carrier;
        if (connection != null) {
            connection.abandon(this);
        } else {
            // A name is looked up, or a connection opened, which finds out later.
            failed(new UpstreamFailure("was not waited for"));
        }
    }

    @Override
    public long age() {
        return began == 0 ? 0 : System.nanoTime() - began;
    }

    /** Its turn has come. */
    void begins() {
        began = System.nanoTime();
    }

    @Override
    public void read(boolean on) {
        UpstreamConnection connection = carrier;
        if (connection != null) {
            connection.read(on);
        }
    }

    /** Whether the response is not wanted any more. */
    boolean isCanceled() {
        return canceled;
    }

    void carriedBy(@Nullable UpstreamConnection connection) {
        carrier = connection;
    }

    /** The response is complete. */
    void end() {
        if (over.compareAndSet(false, true)) {
            connections.release(this);
            receiver.end();
        }
    }

    /** The response will not be complete. */
    void failed(Exception why) {
        if (over.compareAndSet(false, true)) {
            connections.release(this);
            receiver.failed(why);
        }
    }
}
