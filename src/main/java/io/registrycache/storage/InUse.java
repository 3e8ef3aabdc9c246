package io.registrycache.storage;

import io.registrycache.request.Digest;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** The content of one upstream that is being read or downloaded, and is not evicted meanwhile. */
public final class InUse {

    private final ConcurrentHashMap<Digest, Integer> holders = new ConcurrentHashMap<>();

    /** One reader's or one download's claim on content. */
    public final class Hold implements AutoCloseable {

        private final Digest digest;
        private final AtomicBoolean open = new AtomicBoolean(true);

        private Hold(Digest digest) {
            this.digest = digest;
        }

        /** Ends it; a second time has no effect. */
        @Override
        public void close() {
            if (open.getAndSet(false)) {
                holders.computeIfPresent(digest, (key, count) -> count == 1 ? null : count - 1);
            }
        }
    }

    public Hold hold(Digest digest) {
        holders.merge(digest, 1, Integer::sum);
        return new Hold(digest);
    }

    boolean isEmpty() {
        return holders.isEmpty();
    }

    public boolean isHeld(Digest digest) {
        return holders.containsKey(digest);
    }
}
