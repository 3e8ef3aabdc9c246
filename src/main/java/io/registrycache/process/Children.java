package io.registrycache.process;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The children of all upstreams, by their upstreams' names. */
public final class Children {

    private final Map<String, UpstreamChildren> byName = new ConcurrentHashMap<>();

    public void add(UpstreamChildren children) {
        byName.put(children.upstream().name(), children);
    }

    public UpstreamChildren get(String name) {
        UpstreamChildren children = byName.get(name);
        if (children == null) {
            throw new IllegalArgumentException("no children for " + name);
        }
        return children;
    }

    public Collection<UpstreamChildren> all() {
        return Collections.unmodifiableCollection(byName.values());
    }

    /** Ends all at the same time, for good. */
    public void close() {
        byName.values().parallelStream().forEach(UpstreamChildren::close);
    }
}
