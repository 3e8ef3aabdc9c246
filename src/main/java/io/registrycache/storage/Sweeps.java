package io.registrycache.storage;

import io.registrycache.log.LastingState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Sweeps through the storages of all upstreams, one sweep at a time, on the thread of the {@link Eviction}. */
final class Sweeps {

    private static final Logger LOG = LoggerFactory.getLogger(Eviction.class);

    /** Sweeps at intervals take no more than this part of the time. */
    private static final int SHARE = 50;

    /** A sweep that takes longer is told. */
    private static final long LONG = Duration.ofSeconds(1).toNanos();

    private final SteadyClock clock = new SteadyClock();
    private final LastingState tooManyPins = new LastingState(LOG, "pins=too_many", "pins=fit");
    private volatile boolean isOverPinned;
    private volatile Optional<Instant> measured = Optional.empty();
    /** By {@link System#nanoTime}, as the clock may be set. */
    private volatile long last = System.nanoTime();

    private volatile long next = last;

    /** When the last sweep ended, by {@link System#nanoTime}. */
    long last() {
        return last;
    }

    /** When there is time for another one at an interval. */
    long next() {
        return next;
    }

    /** When all was measured, if it was. */
    Optional<Instant> measured() {
        return measured;
    }

    /** Whether more is pinned than a bound allows. */
    boolean isOverPinned() {
        return isOverPinned;
    }

    /**
     * Measures all, and evicts what is above the bounds.
     *
     * @param concerned the bounds within which to make room
     * @param added the room to make; 0 once there is enough
     * @param afterEach is told of each eviction
     */
    void run(EvictionScope scope, List<Bound> concerned, LongSupplier added, Runnable afterEach) {
        long begin = System.nanoTime();
        long now = System.currentTimeMillis();
        long longest = clock.longestAge();
        Map<UpstreamStorage, Sweep> sweeps = new HashMap<>();
        Map<UpstreamStorage, Ranks> ranks = new HashMap<>();
        Pace pace = new Pace(() -> added.getAsLong() > 0);
        for (UpstreamStorage storage : scope.storages()) {
            try {
                Sweep sweep = new Sweep(storage, now, pace);
                long keep = storage.keep().map(Duration::toMillis).orElse(Long.MAX_VALUE);
                ranks.put(storage, sweep.measure(keep > longest ? Long.MAX_VALUE : keep));
                sweeps.put(storage, sweep);
                storage.unreadable().isOver();
            } catch (IOException e) {
                storage.unreadable().holds(e.toString());
            }
        }
        int files = pace.files();
        long looked = System.nanoTime();
        for (Bound bound : scope.bounds()) {
            evict(bound, concerned.contains(bound) ? added.getAsLong() : 0, sweeps, ranks, afterEach);
        }
        warnOfPins(scope.bounds());
        measured = Optional.of(Instant.ofEpochMilli(now));
        last = System.nanoTime();
        LOG.atLevel(last - begin > LONG ? Level.INFO : Level.DEBUG)
                .log(
                        "measured files={} milliseconds={} evictionMilliseconds={}",
                        files,
                        (looked - begin) / 1_000_000,
                        (last - looked) / 1_000_000);
        next = last + (last - begin) * SHARE;
    }

    private static void evict(
            Bound bound,
            long added,
            Map<UpstreamStorage, Sweep> sweeps,
            Map<UpstreamStorage, Ranks> ranks,
            Runnable afterEach) {
        long excess = bound.excess(added);
        if (excess <= 0) {
            return;
        }
        Ranks all = new Ranks();
        bound.over().forEach(storage -> Optional.ofNullable(ranks.get(storage)).ifPresent(all::addAll));
        Ranks.First chosen = all.first(excess + (long) (bound.most() * Bound.SLACK));
        for (UpstreamStorage storage : bound.over()) {
            try {
                long before = storage.evicted().bytes(Reason.LIMIT);
                Sweep sweep = sweeps.get(storage);
                if (sweep != null) {
                    sweep.evict(chosen, afterEach);
                }
                long evicted = storage.evicted().bytes(Reason.LIMIT) - before;
                storage.unremovable().isOver();
                if (evicted > 0) {
                    LOG.info("upstream={} evicted={} why=\"{}\"", storage, evicted, bound);
                }
            } catch (IOException e) {
                storage.unremovable().holds(e.toString());
            }
        }
    }

    private void warnOfPins(List<Bound> bounds) {
        Optional<Bound> broken = bounds.stream()
                .filter(bound ->
                        bound.over().stream().mapToLong(UpstreamStorage::pinned).sum() > bound.most())
                .findFirst();
        broken.ifPresentOrElse(
                bound -> tooManyPins.holds("more than " + bound + " allows; unpin images, or raise the limit"),
                tooManyPins::isOver);
        isOverPinned = broken.isPresent();
    }
}
