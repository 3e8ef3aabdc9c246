package io.registrycache.relay;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.registrycache.config.TagChecks;
import io.registrycache.request.RegistryRequest;
import java.net.URI;
import java.util.function.LongSupplier;

/** Tags whose upstreams need not be asked for the digest: it answered a short while ago, or they never change. */
public final class FreshTags {

    private static final int MOST = 100_000;

    private record Tag(String upstream, URI url, String repository, String tag) {}

    private record Meaning(String digest, long since) {}

    private final LongSupplier nanos;
    private final Cache<Tag, Meaning> confirmed =
            Caffeine.newBuilder().maximumSize(MOST).executor(Runnable::run).build();

    public FreshTags(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Whether a tag means that digest for certain enough. */
    boolean includes(RegistryRequest request, String digest) {
        TagChecks checks = request.upstream().tagChecks();
        if (checks.isImmutable(request.repository(), request.reference())) {
            return true;
        }
        if (checks.fresh().isZero()) {
            return false;
        }
        Meaning meaning = confirmed.getIfPresent(tag(request));
        return meaning != null
                && meaning.digest().equals(digest)
                && nanos.getAsLong() - meaning.since() < checks.fresh().toNanos();
    }

    /** The upstream says that a tag means that digest. */
    void confirmed(RegistryRequest request, String digest) {
        if (!request.upstream().tagChecks().fresh().isZero()) {
            confirmed.put(tag(request), new Meaning(digest, nanos.getAsLong()));
        }
    }

    private static Tag tag(RegistryRequest request) {
        return new Tag(request.upstream().name(), request.upstream().url(), request.repository(), request.reference());
    }
}
