package io.registrycache.process;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The child registries by their upstreams' names. */
public final class Children {

    private final Map<String, ChildRegistry> byName = new ConcurrentHashMap<>();

    public void add(ChildRegistry child) {
        byName.put(child.upstream().name(), child);
    }

    public ChildRegistry get(String name) {
        ChildRegistry child = byName.get(name);
        if (child == null) {
            throw new IllegalArgumentException("no child for " + name);
        }
        return child;
    }

    public Collection<ChildRegistry> all() {
        return Collections.unmodifiableCollection(byName.values());
    }

    /** Ends all children at the same time. */
    public void stop() {
        byName.values().parallelStream().forEach(ChildRegistry::stop);
    }
}
