package io.registrycache.management;

import io.registrycache.config.Upstream;
import io.registrycache.process.UpstreamChild;
import io.registrycache.storage.Purge;
import io.registrycache.storage.SmallContent;
import io.registrycache.storage.UpstreamStorage;
import java.io.IOException;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes content of an upstream while the program runs.
 *
 * @param child of the upstream
 * @param current its storage; empty if that is not a file system
 */
public record PurgeUpstream(UpstreamChild child, Supplier<Optional<UpstreamStorage>> current, SmallContent memory) {

    private static final Logger LOG = LoggerFactory.getLogger(PurgeUpstream.class);

    /** Returns the bytes that were freed; fails with a sentence that an operator can read. */
    long remove(String reference) {
        Upstream upstream = child.upstream();
        Optional<UpstreamStorage> storage = current.get();
        if (storage.isEmpty()) {
            throw new IllegalStateException(
                    upstream.name() + " does not store on a file system; remove the objects from" + " its bucket");
        }
        String full = upstream.isDockerHub() ? Purge.onDockerHub(reference) : reference;
        try {
            long freed = new Purge(storage.get().layout().folder()).remove(full);
            storage.get().purged(freed);
            LOG.info("upstream={} purged={} freed={}", upstream.name(), full, freed);
            return freed;
        } catch (NoSuchElementException e) {
            throw new IllegalArgumentException(e.getMessage());
        } catch (IOException e) {
            throw new IllegalStateException(full + " is not removed completely: " + e.getMessage());
        } finally {
            memory.forget(upstream.name());
        }
    }
}
