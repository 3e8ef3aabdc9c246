package io.registrycache.fetch;

import io.registrycache.config.Upstream;
import io.registrycache.request.Digest;
import io.registrycache.request.Operation;
import io.registrycache.request.RegistryRequest;
import java.util.Map;

/**
 * The blob that a fetch is for.
 *
 * @param caches that the request came through which began the fetch, as in {@code CDN-Loop}, or nothing
 */
record Blob(Upstream upstream, Digest digest, String caches) {

    RegistryRequest requestIn(String repository) {
        return new RegistryRequest(
                Operation.BLOB, upstream, "", repository, repository, digest.toString(), Map.of(), caches);
    }

    @Override
    public String toString() {
        return "upstream=" + upstream.name() + " blob=" + digest;
    }
}
