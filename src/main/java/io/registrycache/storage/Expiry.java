package io.registrycache.storage;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes layers that were fetched long ago, as a child does with what it fetched itself. A child that runs notices: it
 * fetches again what is asked for. Small content stays, for outages: manifests and configurations.
 */
public final class Expiry {

    private static final Logger LOG = LoggerFactory.getLogger(Expiry.class);
    /** A child's own, which is fixed in version 2 of the registry. */
    private static final Duration KEPT = Duration.ofDays(7);

    private static final long SMALL = 64 << 10;

    private final List<Path> folders;

    /** For all upstreams whose storage is the file system: their children's root directories. */
    public Expiry(Collection<Path> folders) {
        this.folders = List.copyOf(folders);
    }

    /** Looks through all folders, which takes a while. */
    public void expire() {
        Instant oldest = Instant.now().minus(KEPT);
        folders.forEach(folder -> expire(folder, oldest));
    }

    private static void expire(Path folder, Instant oldest) {
        try {
            new StoredFiles() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    if (file.endsWith("data")
                            && attributes.size() > SMALL
                            && attributes.lastModifiedTime().toInstant().isBefore(oldest)) {
                        Files.deleteIfExists(file);
                        LOG.info("upstream={} expired={}", folder.getFileName(), file);
                    }
                    return FileVisitResult.CONTINUE;
                }
            }.walk(folder.resolve("docker/registry/v2/blobs"));
        } catch (IOException e) {
            LOG.warn("upstream={} cannot expire layers: {}", folder.getFileName(), e.getMessage());
        }
    }
}
