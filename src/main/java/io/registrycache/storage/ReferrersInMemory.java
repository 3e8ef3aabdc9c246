package io.registrycache.storage;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Optional;

/** Lists of referrers where storage is not a file system: they are lost with a restart. */
public final class ReferrersInMemory implements ReferrerLists {

    private static final long MOST = 2 << 20;

    /** The target has the repository in it. */
    private final Cache<String, byte[]> lists = Caffeine.newBuilder()
            .maximumWeight(MOST)
            .weigher((String target, byte[] list) -> target.length() + list.length + 128)
            .executor(Runnable::run)
            .build();

    @Override
    public Optional<byte[]> find(String repository, String target) {
        return Optional.ofNullable(lists.getIfPresent(target));
    }

    @Override
    public void put(String repository, String target, byte[] list) {
        lists.put(target, list);
    }

    @Override
    public void remove(String repository, String target) {
        lists.invalidate(target);
    }
}
