package io.registrycache.status;

import io.registrycache.storage.DiskUse;
import io.registrycache.storage.Eviction;
import io.registrycache.storage.UpstreamStorage;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** How much the upstreams have stored in the file system, as last measured. */
public record StorageUse(Map<String, UpstreamStorage> byName, Eviction eviction) {

    public StorageUse {
        byName = Map.copyOf(byName);
    }

    /** Of all upstreams whose storage is the file system. */
    public static StorageUse of(Collection<UpstreamStorage> storages, Eviction eviction) {
        Map<String, UpstreamStorage> byName = new TreeMap<>();
        storages.forEach(storage -> byName.put(storage.name(), storage));
        return new StorageUse(byName, eviction);
    }

    /** Bytes by upstream. */
    public Map<String, Long> byUpstream() {
        Map<String, Long> bytes = new TreeMap<>();
        byName.values().stream()
                .filter(UpstreamStorage::isMeasured)
                .forEach(storage -> bytes.put(storage.name(), storage.stored()));
        return bytes;
    }

    /** The storage of an upstream, when it has been measured. */
    Optional<UpstreamStorage> of(String upstream) {
        return Optional.ofNullable(byName.get(upstream)).filter(UpstreamStorage::isMeasured);
    }

    DiskUse total() {
        return eviction.use();
    }
}
