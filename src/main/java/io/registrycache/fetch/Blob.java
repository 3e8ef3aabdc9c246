package io.registrycache.fetch;

import io.registrycache.config.Upstream;
import io.registrycache.request.Digest;
import io.registrycache.request.Operation;
import io.registrycache.request.RegistryRequest;
import java.util.Map;

/** The blob that a fetch is for. */
record Blob(Upstream upstream, Digest digest) {

    RegistryRequest requestIn(String repository) {
        return new RegistryRequest(Operation.BLOB, upstream, "", repository, repository, digest.toString(), Map.of());
    }

    @Override
    public String toString() {
        return "upstream=" + upstream.name() + " blob=" + digest;
    }
}
