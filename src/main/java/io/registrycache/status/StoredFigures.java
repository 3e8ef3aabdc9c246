package io.registrycache.status;

import io.registrycache.storage.Evicted;
import io.registrycache.storage.Reason;
import io.registrycache.storage.UpstreamStorage;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The figures of the content that some upstreams have stored in the file system.
 *
 * @param reservedBytes of downloads under way
 * @param limitBytes that may be stored, if there is a limit
 * @param evicted since the start, by reason
 * @param oldestUse when the content was last used that was not used for the longest time, as ISO 8601 has it
 * @param storedLastDay bytes stored within a day, or since the start
 */
record StoredFigures(
        @Nullable Long storedBytes,
        @Nullable Long reservedBytes,
        @Nullable Long limitBytes,
        @Nullable Long pinnedBytes,
        @Nullable Long keepSeconds,
        @Nullable Map<String, Removed> evicted,
        @Nullable String oldestUse,
        @Nullable Long storedLastDay) {

    /** The bytes that were removed for one reason, and the images of which nothing is left. */
    record Removed(long bytes, long images) {}

    /** Of a storage that is not measured yet, or that is not the file system. */
    static final StoredFigures UNKNOWN = new StoredFigures(null, null, null, null, null, null, null, null);

    static StoredFigures of(UpstreamStorage storage, Optional<Long> limit) {
        return sum(List.of(storage), limit, storage.keep());
    }

    static StoredFigures ofAll(Collection<UpstreamStorage> storages, long limit) {
        return sum(storages, Optional.of(limit), Optional.empty());
    }

    private static StoredFigures sum(
            Collection<UpstreamStorage> storages, Optional<Long> limit, Optional<Duration> keep) {
        long stored = 0;
        long reserved = 0;
        long pinned = 0;
        long lastDay = 0;
        Instant oldest = Instant.MAX;
        for (UpstreamStorage storage : storages) {
            stored += storage.stored();
            reserved += storage.reserved();
            pinned += storage.pinned();
            lastDay += storage.storedInLastDay();
            Instant use = storage.oldestUse().orElse(Instant.MAX);
            oldest = use.isBefore(oldest) ? use : oldest;
        }
        return new StoredFigures(
                stored,
                reserved,
                limit.orElse(null),
                pinned,
                keep.map(Duration::toSeconds).orElse(null),
                removed(storages.stream().map(UpstreamStorage::evicted).toList()),
                oldest.equals(Instant.MAX) ? null : oldest.toString(),
                lastDay);
    }

    private static Map<String, Removed> removed(List<Evicted> all) {
        Map<String, Removed> byReason = new LinkedHashMap<>();
        for (Reason reason : Reason.values()) {
            byReason.put(
                    reason.name().toLowerCase(Locale.ROOT),
                    new Removed(
                            all.stream().mapToLong(it -> it.bytes(reason)).sum(),
                            all.stream().mapToLong(it -> it.images(reason)).sum()));
        }
        return byReason;
    }
}
