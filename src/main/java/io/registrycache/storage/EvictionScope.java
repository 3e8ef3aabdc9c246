package io.registrycache.storage;

import io.registrycache.config.Limit;
import java.io.IOException;
import java.util.Collection;
import java.util.List;

/** What is kept within which bounds. */
record EvictionScope(List<UpstreamStorage> storages, List<Bound> bounds) {

    EvictionScope {
        storages = List.copyOf(storages);
        bounds = List.copyOf(bounds);
    }

    static EvictionScope of(Collection<UpstreamStorage> storages, Limit limit) throws IOException {
        return new EvictionScope(List.copyOf(storages), Bounds.of(storages, limit));
    }

    List<Bound> of(UpstreamStorage storage) {
        return bounds.stream().filter(bound -> bound.over().contains(storage)).toList();
    }
}
