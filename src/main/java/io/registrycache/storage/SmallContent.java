package io.registrycache.storage;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.registrycache.request.Operation;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Keeps small stored content of all upstreams in memory for a short time. */
public final class SmallContent {

    /** All manifests and image configurations, as a rule. */
    static final int LARGEST = 64 << 10;

    private static final long MOST = 16 << 20;
    /** After so long the file system is asked again: it may have been removed. */
    private static final Duration FRESH = Duration.ofSeconds(30);

    /** The links of a repository of an upstream. */
    record Key(String upstream, Operation operation, String repository, String digest) {}

    private final Cache<Key, Content.InMemory> kept = Caffeine.newBuilder()
            .maximumWeight(MOST)
            .weigher((Key key, Content.InMemory content) -> content.bytes().length + 512)
            .expireAfterWrite(FRESH)
            .executor(Runnable::run)
            .build();

    Content.@Nullable InMemory find(Key key) {
        return kept.getIfPresent(key);
    }

    void keep(Key key, Content.InMemory content) {
        kept.put(key, content);
    }

    /** Forgets the content of an upstream: its files were removed. */
    public void forget(String upstream) {
        kept.asMap().keySet().removeIf(key -> key.upstream().equals(upstream));
    }
}
