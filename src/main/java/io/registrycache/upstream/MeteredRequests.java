package io.registrycache.upstream;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * The requests that Docker Hub and its like count against a rate limit, which are GETs of manifests and no HEADs: those that
 * an upstream answered, and those that the cache has saved. Any thread may count.
 */
public final class MeteredRequests {

    private final LongAdder sent = new LongAdder();
    private final LongAdder saved = new LongAdder();
    /** Those sent for which no client has its answer yet. */
    private final AtomicLong unmatched = new AtomicLong();

    /** The upstream has answered one. */
    void answered() {
        unmatched.incrementAndGet();
        sent.increment();
    }

    /** A client has got a manifest. Of several for which one was sent, all but one are saved. */
    public void pulled() {
        if (unmatched.getAndUpdate(count -> Math.max(0, count - 1)) == 0) {
            saved.increment();
        }
    }

    /** Since the start. */
    public long sent() {
        return sent.sum();
    }

    /** Since the start; never less than before. */
    public long saved() {
        return saved.sum();
    }
}
