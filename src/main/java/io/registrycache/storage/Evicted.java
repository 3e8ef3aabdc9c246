package io.registrycache.storage;

import static java.util.Objects.requireNonNull;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** How much of one upstream's content was removed since the start, by reason. */
public final class Evicted {

    private final Map<Reason, LongAdder> bytes = new EnumMap<>(Reason.class);
    private final Map<Reason, LongAdder> images = new EnumMap<>(Reason.class);

    Evicted() {
        for (Reason reason : Reason.values()) {
            bytes.put(reason, new LongAdder());
            images.put(reason, new LongAdder());
        }
    }

    void blob(Reason reason, long size) {
        of(bytes, reason).add(size);
    }

    void images(Reason reason, int count) {
        of(images, reason).add(count);
    }

    public long bytes(Reason reason) {
        return of(bytes, reason).sum();
    }

    public long bytes() {
        return bytes.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** Manifests of which nothing is left. */
    public long images(Reason reason) {
        return of(images, reason).sum();
    }

    private static LongAdder of(Map<Reason, LongAdder> counters, Reason reason) {
        return requireNonNull(counters.get(reason));
    }
}
