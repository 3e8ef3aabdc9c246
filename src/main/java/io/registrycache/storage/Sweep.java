package io.registrycache.storage;

import io.registrycache.request.Digest;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks through the files of one upstream, at one time: measures them by age, and evicts some. Nothing grows with the
 * number of files. Content that was used since the sweep began stays, and pinned content is used when it begins.
 */
final class Sweep {

    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);
    /** Manifests that are removed at a time; the next sweep takes more. */
    private static final int MOST_MANIFESTS = 10_000;

    private static final long SMALL = 64 << 10;

    private final UpstreamStorage storage;
    private final long now;
    private final Pace pace;
    private final StoredContent content;
    private final Set<Digest> dying = new HashSet<>();
    private long pinned;

    Sweep(UpstreamStorage storage, long now, Pace pace) {
        this.storage = storage;
        this.now = now;
        this.pace = pace;
        this.content = new StoredContent(storage, pace);
    }

    /**
     * Measures, and evicts content that was not used for long.
     *
     * @param mostAge of content that stays, in milliseconds
     */
    Ranks measure(long mostAge) throws IOException {
        storage.measuring();
        long begin = System.currentTimeMillis();
        usePinned();
        AbandonedUploads.remove(storage, now);
        Ranks ranks = new Ranks();
        long[] sumAndOldest = {0, now};
        content.forEach((file, attributes) -> {
            if (isNew(attributes, begin)) {
                // It is reserved, or was counted when it was stored.
                return;
            }
            long use = LastUse.of(attributes);
            if (LastUse.isInFuture(attributes, now)) {
                LastUse.reset(file, now);
                use = now;
            }
            if (now - use > mostAge && evict(file, attributes, Reason.KEEP)) {
                return;
            }
            if (!isHeld(file)) {
                ranks.add(LastUse.rank(attributes, now), attributes.size());
            }
            sumAndOldest[0] += attributes.size();
            sumAndOldest[1] = Math.min(sumAndOldest[1], use);
        });
        removeManifests(Reason.KEEP);
        storage.measured(sumAndOldest[0], pinned, sumAndOldest[1]);
        return ranks;
    }

    private static boolean isNew(BasicFileAttributes attributes, long begin) {
        long modified = attributes.lastModifiedTime().toMillis();
        // Small content may have been stored by the child, which does not count.
        return attributes.size() > SMALL && modified > begin && modified <= System.currentTimeMillis();
    }

    /**
     * Evicts the content that is to go first, as chosen.
     *
     * @param afterEach is told of each eviction
     */
    void evict(Ranks.First chosen, Runnable afterEach) throws IOException {
        long[] oldest = {Long.MAX_VALUE};
        content.forEach((file, attributes) -> {
            long rank = LastUse.rank(attributes, now);
            if (rank > 0 && chosen.includes(rank) && evict(file, attributes, Reason.LIMIT)) {
                chosen.removed(rank, attributes.size());
                afterEach.run();
            } else {
                oldest[0] = Math.min(oldest[0], LastUse.of(attributes));
            }
        });
        removeManifests(Reason.LIMIT);
        storage.left(oldest[0]);
    }

    private void usePinned() throws IOException {
        if (storage.pins().isEmpty()) {
            return;
        }
        Uses uses = new Uses(storage.layout());
        for (String repository : storage.repositories()) {
            for (Digest manifest :
                    storage.pins().manifests(repository, new RepositoryLinks(storage.layout(), repository))) {
                uses.forAll(manifest, this::pin);
            }
        }
    }

    private void pin(Path data, long at) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(data, BasicFileAttributes.class);
            if (LastUse.of(attributes) < now) {
                LastUse.record(data, Math.max(now, at));
                pinned += attributes.size();
            }
        } catch (NoSuchFileException e) {
            // Not stored, or not any more.
        } catch (IOException e) {
            LOG.warn("upstream={} {} cannot be pinned: {}", storage, data, e.toString());
        }
    }

    private boolean isHeld(Path file) {
        return !storage.inUse().isEmpty()
                && Layout.digestOf(file).filter(storage.inUse()::isHeld).isPresent();
    }

    private static @Nullable BasicFileAttributes attributes(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Removes a file, unless it is in use, or a manifest of which a layer is left. */
    private boolean evict(Path file, BasicFileAttributes attributes, Reason reason) throws IOException {
        Digest digest = Layout.digestOf(file).orElse(null);
        if (digest == null || storage.inUse().isHeld(digest)) {
            return false;
        }
        pace.stepOfEviction();
        Optional<StoredManifest> manifest = StoredManifest.read(file);
        if (manifest.isPresent()) {
            if (manifest.get().hasLayer(storage.layout()) || dying.size() >= MOST_MANIFESTS) {
                return false;
            }
            dying.add(digest);
            return true;
        }
        delete(file);
        storage.evicted(reason, attributes.size());
        LOG.debug("upstream={} evicted={} reason={}", storage, digest, reason);
        return true;
    }

    private void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
        if (file.startsWith(storage.layout().spools())) {
            Files.deleteIfExists(file.resolveSibling(file.getFileName() + Layout.SPOOL_RECORD));
        } else {
            // A folder for each blob that ever was would fill the disk, too.
            Optional.ofNullable(file.getParent()).map(Path::toFile).ifPresent(File::delete);
        }
    }

    /** Removes the manifests that were found to be without layers, links and tags first, so that no list dangles. */
    private void removeManifests(Reason reason) throws IOException {
        if (dying.isEmpty()) {
            return;
        }
        for (String repository : storage.repositories()) {
            RepositoryLinks links = new RepositoryLinks(storage.layout(), repository);
            Set<Digest> here = links.manifests();
            here.retainAll(dying);
            if (!here.isEmpty()) {
                links.remove(here);
            }
        }
        for (Digest manifest : dying) {
            Path data = storage.layout().data(manifest);
            BasicFileAttributes attributes = attributes(data);
            if (attributes != null) {
                delete(data);
                storage.evicted(reason, attributes.size());
            }
        }
        storage.evictedImages(reason, dying.size());
        dying.clear();
    }
}
