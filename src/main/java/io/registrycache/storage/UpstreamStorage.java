package io.registrycache.storage;

import io.registrycache.config.Retention;
import io.registrycache.log.LastingState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The content that one upstream has stored on a file system: how much, for how long, and which is in use. */
public final class UpstreamStorage {

    private static final Logger LOG = LoggerFactory.getLogger(UpstreamStorage.class);

    private final String name;
    private final Layout layout;
    private volatile Terms terms;
    private final InUse inUse = new InUse();
    private final Evicted evicted = new Evicted();
    private final Growth growth = new Growth(System::nanoTime);

    private final LastingState unreadable;
    private final LastingState unremovable;

    private final AtomicLong stored = new AtomicLong();
    private final AtomicLong reserved = new AtomicLong();
    /** The bytes stored since the sweep began. */
    private final AtomicLong storedMeanwhile = new AtomicLong();

    private volatile long pinned;
    private volatile Instant oldestUse = Instant.MAX;
    private volatile boolean measured;
    /** Whether something was stored since the files were looked through. */
    private volatile boolean changed = true;

    /** How long and up to which limit content stays. */
    private record Terms(Retention retention, Optional<Duration> keep, Pins pins) {
        Terms(Retention retention, Optional<Duration> keep) {
            this(retention, keep, new Pins(retention.pins()));
        }
    }

    /**
     * Of an upstream.
     *
     * @param folder the child's root directory
     * @param keep how long unused content stays; for ever if empty
     */
    public UpstreamStorage(String name, Path folder, Retention retention, Optional<Duration> keep) {
        this.name = name;
        this.layout = new Layout(folder);
        this.terms = new Terms(retention, keep);
        String begin = "upstream=" + name;
        this.unreadable = new LastingState(LOG, begin + " storage=unreadable", begin + " storage=readable");
        this.unremovable = new LastingState(LOG, begin + " eviction=failing", begin + " eviction=working");
    }

    public String name() {
        return name;
    }

    public Layout layout() {
        return layout;
    }

    /** The content that is being read and downloaded. */
    public InUse inUse() {
        return inUse;
    }

    public Retention retention() {
        return terms.retention();
    }

    /** Content stays on other terms from now on, which the next sweep enforces. */
    public void use(Retention retention, Optional<Duration> keep) {
        terms = new Terms(retention, keep);
        changed = true;
    }

    public Optional<Duration> keep() {
        return terms.keep();
    }

    /** Whether its files cannot be looked through. */
    LastingState unreadable() {
        return unreadable;
    }

    /** Whether its files cannot be removed. */
    LastingState unremovable() {
        return unremovable;
    }

    Pins pins() {
        return terms.pins();
    }

    /** Bytes of content and of interrupted downloads. */
    public long stored() {
        return stored.get();
    }

    /** Bytes of the downloads under way, when they will be complete. */
    public long reserved() {
        return reserved.get();
    }

    /** Bytes of pinned content. */
    public long pinned() {
        return pinned;
    }

    /** When the content was last used that was not used for the longest time; empty if there is none. */
    public Optional<Instant> oldestUse() {
        return Optional.of(oldestUse).filter(it -> !it.equals(Instant.MAX));
    }

    /** Whether the files were looked through since the start. */
    public boolean isMeasured() {
        return measured;
    }

    public Evicted evicted() {
        return evicted;
    }

    /** Bytes that were stored within a day, or since the start. */
    public long storedInLastDay() {
        return growth.inLastDay();
    }

    /** Bytes that were stored since the start, whether they are still here or not. */
    public long storedSinceStart() {
        return growth.total();
    }

    boolean isChanged() {
        return changed;
    }

    void reserve(long bytes) {
        reserved.addAndGet(bytes);
    }

    /** A download ended. */
    synchronized void release(long bytes, boolean isStored) {
        reserved.addAndGet(-bytes);
        if (isStored) {
            stored.addAndGet(bytes);
            storedMeanwhile.addAndGet(bytes);
            growth.stored(bytes);
        }
        changed = true;
    }

    /** The files are about to be looked through. */
    synchronized void measuring() {
        changed = false;
        storedMeanwhile.set(0);
    }

    /**
     * The files were looked through.
     *
     * @param bytes that were there when that began
     */
    synchronized void measured(long bytes, long pinnedBytes, long oldest) {
        stored.set(bytes + storedMeanwhile.get());
        pinned = pinnedBytes;
        left(bytes == 0 ? Long.MAX_VALUE : oldest);
        measured = true;
    }

    /** An operator removed content. */
    public void purged(long bytes) {
        evicted(Reason.PURGE, bytes);
        evictedImages(Reason.PURGE, 1);
        changed = true;
    }

    /**
     * Records the last use of the oldest content that was not evicted.
     *
     * @param oldest when it was last used, in milliseconds; the largest number if nothing is left
     */
    void left(long oldest) {
        oldestUse = oldest == Long.MAX_VALUE ? Instant.MAX : Instant.ofEpochMilli(oldest);
    }

    void evicted(Reason reason, long bytes) {
        stored.addAndGet(-bytes);
        evicted.blob(reason, bytes);
    }

    void evictedImages(Reason reason, int count) {
        evicted.images(reason, count);
    }

    /** The repositories of which something is stored. */
    Iterable<String> repositories() throws IOException {
        return StoredRepositories.in(layout.folder());
    }

    @Override
    public String toString() {
        return name;
    }
}
