package io.registrycache.status;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.registrycache.storage.DiskUse;
import io.registrycache.storage.Eviction;
import io.registrycache.storage.UpstreamStorage;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How much the upstreams have stored in the file system, as last measured.
 *
 * @param byName the upstreams whose storage is the file system, at any time
 */
public record StorageUse(Map<String, UpstreamStorage> byName, Eviction eviction) {

    /**
     * Of all upstreams together.
     *
     * @param bytes stored
     * @param overPinned whether more is pinned than a limit allows
     */
    record Total(
            @Nullable String measured,
            long bytes,
            @Nullable Long diskFree,
            @Nullable Long diskSize,
            boolean overPinned,
            @JsonUnwrapped StoredFigures figures) {}

    /** Of one upstream. */
    StoredFigures of(String upstream) {
        return Optional.ofNullable(byName.get(upstream))
                .filter(UpstreamStorage::isMeasured)
                .map(storage -> StoredFigures.of(storage, eviction.limitOf(storage)))
                .orElse(StoredFigures.UNKNOWN);
    }

    Total total() {
        DiskUse use = eviction.use();
        boolean hasDisk = use.diskSize() > 0;
        return new Total(
                use.measured().map(Instant::toString).orElse(null),
                use.stored(),
                hasDisk ? use.diskFree() : null,
                hasDisk ? use.diskSize() : null,
                use.isOverPinned(),
                hasDisk ? StoredFigures.ofAll(byName.values(), use.limit()) : StoredFigures.UNKNOWN);
    }
}
