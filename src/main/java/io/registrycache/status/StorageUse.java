package io.registrycache.status;

import io.registrycache.process.Children;
import io.registrycache.process.UpstreamChild;
import io.registrycache.storage.StoredSize;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How much the children have stored in the file system, measured now and then; it reads folders, so it blocks. */
public final class StorageUse {

    private static final Logger LOG = LoggerFactory.getLogger(StorageUse.class);
    /** No more than this part of the time is spent on measuring. */
    private static final int SHARE = 50;

    /**
     * What was found.
     *
     * @param byUpstream bytes; without those whose storage is no file system
     */
    record Measured(Instant at, Map<String, Long> byUpstream, long diskFree, long diskSize) {}

    private final Children children;
    private volatile @Nullable Measured last;
    private Instant next = Instant.MIN;

    public StorageUse(Children children) {
        this.children = children;
    }

    /** Measures, unless that has just been done and takes long. */
    public synchronized void measure() {
        Instant now = Instant.now();
        if (now.isBefore(next)) {
            return;
        }
        Map<String, Long> sizes = new TreeMap<>();
        long free = -1;
        long size = -1;
        for (UpstreamChild upstream : children.all()) {
            Optional<Path> folder = upstream.folder().filter(Files::isDirectory);
            try {
                if (folder.isPresent()) {
                    sizes.put(upstream.upstream().name(), StoredSize.in(folder.get()));
                    FileStore disk = Files.getFileStore(folder.get());
                    free = disk.getUsableSpace();
                    size = disk.getTotalSpace();
                }
            } catch (IOException e) {
                LOG.debug(
                        "upstream={} cannot be measured: {}",
                        upstream.upstream().name(),
                        e.getMessage());
            }
        }
        last = new Measured(now, sizes, free, size);
        next = Instant.now().plus(Duration.between(now, Instant.now()).multipliedBy(SHARE));
    }

    /** Bytes by upstream, as last measured. */
    public Map<String, Long> byUpstream() {
        return last().map(Measured::byUpstream).orElse(Map.of());
    }

    Optional<Measured> last() {
        return Optional.ofNullable(last);
    }
}
