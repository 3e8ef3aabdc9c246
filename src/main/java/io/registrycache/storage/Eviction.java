package io.registrycache.storage;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.registrycache.config.Limit;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Keeps the stored content within its bounds: evicts the content that was not used for the longest time, at intervals
 * if something changed, and when room is needed.
 */
public final class Eviction {

    /** So long at most no other sweep is tried within a bound after one that made too little room in it. */
    private static final long PAUSE_AFTER_VAIN = Duration.ofSeconds(10).toNanos();

    /** After so long it is time for a sweep also if no download says so: for uploads that were abandoned. */
    private static final long LONGEST_PAUSE = Duration.ofHours(1).toNanos();

    private final Limit limit;
    private volatile EvictionScope scope;
    private final ExecutorService sweeper =
            Executors.newSingleThreadExecutor(new DefaultThreadFactory("eviction", true));
    private final Sweeps sweeps = new Sweeps();
    private final AtomicBoolean isCheckDue = new AtomicBoolean();
    /** Bytes of those for which room is to be made. */
    private final AtomicLong awaited = new AtomicLong();
    /** Until when another sweep would make too little room in a bound, too; used by the sweeper alone. */
    private final Map<Bound, Long> inVain = new HashMap<>();

    /** Whether all storages were looked through. */
    private volatile boolean isWholeKnown;

    /** Of all upstreams whose storage is the file system. */
    public Eviction(Collection<UpstreamStorage> storages, Limit limit) throws IOException {
        this.limit = limit;
        this.scope = EvictionScope.of(storages, limit);
    }

    /** These are all upstreams whose storage is the file system from now on, with the limits that they have now. */
    public void cover(Collection<UpstreamStorage> storages) throws IOException {
        EvictionScope next = EvictionScope.of(storages, limit);
        synchronized (this) {
            isWholeKnown = isWholeKnown && scope.storages().containsAll(storages);
            scope = next;
        }
    }

    private synchronized void swept(EvictionScope known) {
        isWholeKnown = isWholeKnown || known.equals(scope);
    }

    /** Sweeps if something changed or became too old, and the last time is long enough ago. */
    public void check() {
        long now = System.nanoTime();
        boolean isNeeded =
                now - sweeps.last() > LONGEST_PAUSE || scope.storages().stream().anyMatch(Eviction::needsSweep);
        // A sweep may take longer than it is until the next check.
        if (now - sweeps.next() >= 0 && isNeeded && !isCheckDue.getAndSet(true)) {
            sweeper.execute(() -> {
                try {
                    sweep(List.of(), () -> 0, () -> {});
                } finally {
                    isCheckDue.set(false);
                }
            });
        }
    }

    private static boolean needsSweep(UpstreamStorage storage) {
        boolean isOld = storage.keep()
                .flatMap(keep -> storage.oldestUse().map(oldest -> oldest.plus(keep)))
                .filter(end -> end.toEpochMilli() < System.currentTimeMillis())
                .isPresent();
        return storage.isChanged() || isOld;
    }

    /** How much is stored. */
    public DiskUse use() {
        long free = 0;
        long size = 0;
        long limit = 0;
        EvictionScope now = scope;
        for (Bound bound : now.bounds()) {
            if (bound instanceof Bound.OfDisk disk) {
                free += disk.usable();
                size += disk.size();
            } else if (bound instanceof Bound.OfOperator operator && operator.isForAll()) {
                limit += operator.most();
            }
        }
        long stored = now.storages().stream().mapToLong(UpstreamStorage::stored).sum();
        long reserved =
                now.storages().stream().mapToLong(UpstreamStorage::reserved).sum();
        return new DiskUse(
                sweeps.measured(), stored, reserved, Math.min(limit, stored + free), free, size, sweeps.isOverPinned());
    }

    /** The limit of one upstream in bytes, if it has one of its own. */
    public Optional<Long> limitOf(UpstreamStorage storage) {
        return scope.bounds().stream()
                .filter(bound -> bound instanceof Bound.OfOperator own
                        && !own.isForAll()
                        && own.over().contains(storage))
                .map(Bound::most)
                .findFirst();
    }

    /** The room of one upstream. */
    public Room room(UpstreamStorage storage) {
        return new Room() {
            @Override
            public CompletableFuture<Void> reserve(long bytes) {
                return Eviction.this.reserve(storage, bytes);
            }

            @Override
            public void release(long bytes, boolean isStored) {
                storage.release(bytes, isStored);
            }
        };
    }

    private CompletableFuture<Void> reserve(UpstreamStorage storage, long bytes) {
        List<Bound> concerned = scope.of(storage);
        for (Bound bound : concerned) {
            if (!bound.canHold(bytes)) {
                return CompletableFuture.failedFuture(noRoom(bound, bytes));
            }
        }
        if (isReservedAtOnce(storage, bytes, concerned)) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> room = new CompletableFuture<>();
        sweeper.execute(() -> {
            try {
                makeRoom(storage, bytes, scope.of(storage), room);
            } catch (IOException | RuntimeException e) {
                room.completeExceptionally(e);
            } finally {
                awaited.addAndGet(-bytes);
            }
        });
        return room;
    }

    /** Reserves, or takes its place among those for which room is made: it is not for others, who come later. */
    private synchronized boolean isReservedAtOnce(UpstreamStorage storage, long bytes, List<Bound> concerned) {
        // The content of an earlier run is not known before the first sweep.
        boolean isRoom = isWholeKnown && hasRoom(concerned, bytes + awaited.get());
        if (isRoom) {
            storage.reserve(bytes);
        } else {
            awaited.addAndGet(bytes);
        }
        return isRoom;
    }

    private synchronized boolean isReserved(UpstreamStorage storage, long bytes, List<Bound> concerned) {
        boolean isRoom = hasRoom(concerned, bytes);
        if (isRoom) {
            storage.reserve(bytes);
        }
        return isRoom;
    }

    private static boolean hasRoom(List<Bound> bounds, long bytes) {
        return bounds.stream().allMatch(bound -> bound.excess(bytes) <= 0);
    }

    /** Sweeps until there is room, which is granted as soon as enough has gone: a download waits for it. */
    private void makeRoom(UpstreamStorage storage, long bytes, List<Bound> concerned, CompletableFuture<Void> room)
            throws IOException {
        Runnable grant = () -> {
            if (!room.isDone() && isReserved(storage, bytes, concerned)) {
                room.complete(null);
            }
        };
        boolean isWorthwhile =
                !isWholeKnown || concerned.stream().anyMatch(bound -> bound.excess(bytes) > 0 && isPromising(bound));
        // The chosen content may have come into use before it was evicted.
        for (int i = 0; i < (isWorthwhile ? 2 : 0); i++) {
            sweep(concerned, () -> room.isDone() ? 0 : bytes, grant);
            grant.run();
            if (room.isDone()) {
                return;
            }
        }
        grant.run();
        if (room.isDone()) {
            return;
        }
        List<Bound> full =
                concerned.stream().filter(bound -> bound.excess(bytes) > 0).toList();
        if (isWorthwhile) {
            long until = Math.min(sweeps.next(), System.nanoTime() + PAUSE_AFTER_VAIN);
            full.forEach(bound -> inVain.put(bound, until));
        }
        // It may just have become free.
        throw noRoom(full.isEmpty() ? concerned.get(0) : full.get(0), bytes);
    }

    private boolean isPromising(Bound bound) {
        Long until = inVain.get(bound);
        return until == null || System.nanoTime() - until > 0;
    }

    private static IOException noRoom(Bound bound, long bytes) {
        return new IOException(bound + " has no room for " + bytes + " bytes");
    }

    private void sweep(List<Bound> concerned, LongSupplier added, Runnable afterEach) {
        EvictionScope swept = scope;
        inVain.keySet().retainAll(swept.bounds());
        sweeps.run(swept, concerned, added, afterEach);
        swept(swept);
    }
}
