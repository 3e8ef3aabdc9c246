package io.registrycache;

import io.registrycache.config.CacheConfig;
import io.registrycache.config.Upstream;
import io.registrycache.process.StorageFolders;
import io.registrycache.storage.Layout;
import io.registrycache.storage.Purge;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Folders of upstreams that are not configured any more: nothing bounds them, so an operator should know. */
final class StrayFolders {

    private static final Logger LOG = LoggerFactory.getLogger(StrayFolders.class);

    private StrayFolders() {}

    /** Logs each with its size, and with the command that removes it; blocks for as long as it takes to add up sizes. */
    static void warn(CacheConfig config, Collection<Upstream> upstreams, Path jar) {
        Optional<Path> root = StorageFolders.root(config.environment()).filter(Files::isDirectory);
        if (root.isEmpty()) {
            return;
        }
        Set<String> names = upstreams.stream().map(Upstream::name).collect(Collectors.toSet());
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(root.get())) {
            for (Path folder : folders) {
                String name = String.valueOf(folder.getFileName());
                if (!names.contains(name)) {
                    warn(folder, jar);
                }
            }
        } catch (IOException e) {
            LOG.debug("{} cannot be looked through: {}", root.get(), e.toString());
        }
    }

    /** The same of one upstream that was removed. */
    static void warn(CacheConfig config, Upstream removed, Path jar) {
        Optional<Path> root = StorageFolders.root(config.environment());
        StorageFolders.of(removed, config.environment())
                .filter(folder -> root.equals(Optional.ofNullable(folder.getParent())))
                .ifPresent(folder -> {
                    try {
                        warn(folder, jar);
                    } catch (IOException e) {
                        LOG.debug("{} cannot be looked through: {}", folder, e.toString());
                    }
                });
    }

    private static void warn(Path folder, Path jar) throws IOException {
        if (new Layout(folder).isUsed()) {
            LOG.warn(
                    "{} has {} bytes of an upstream that is not configured; to remove it:"
                            + " REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY={} java -jar {} purge {}",
                    folder,
                    new Purge(folder).size(),
                    folder.getParent(),
                    jar,
                    folder.getFileName());
        }
    }
}
