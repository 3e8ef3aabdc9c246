package io.registrycache.process;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The children of all upstreams, by their upstreams' names. */
public final class Children {

    private final Map<String, UpstreamChild> byName = new ConcurrentHashMap<>();

    public void add(UpstreamChild child) {
        byName.put(child.upstream().name(), child);
    }

    public UpstreamChild get(String name) {
        UpstreamChild child = byName.get(name);
        if (child == null) {
            throw new IllegalArgumentException("no child for " + name);
        }
        return child;
    }

    /** The same, if there is one. */
    public Optional<UpstreamChild> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    public void remove(String name) {
        byName.remove(name);
    }

    public Collection<UpstreamChild> all() {
        return Collections.unmodifiableCollection(byName.values());
    }

    /** Ends all at the same time, for good. */
    public void close() {
        byName.values().parallelStream().forEach(UpstreamChild::close);
    }
}
