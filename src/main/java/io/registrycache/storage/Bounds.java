package io.registrycache.storage;

import static java.util.Objects.requireNonNull;

import io.registrycache.config.Limit;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The bounds on stored content: of single upstreams, of all together, and of each disk. */
final class Bounds {

    private Bounds() {}

    /**
     * All bounds.
     *
     * @param limit for all upstreams together, or all on one disk
     */
    static List<Bound> of(Collection<UpstreamStorage> storages, Limit limit) throws IOException {
        List<Bound> found = new ArrayList<>();
        for (UpstreamStorage storage : storages) {
            Optional<Limit> own = storage.retention().limit();
            if (own.isPresent()) {
                found.add(new Bound.OfOperator(
                        "the limit of " + storage + " (" + own.get() + ")",
                        false,
                        List.of(storage),
                        own.get(),
                        disk(storage)));
            }
        }
        Map<FileStore, List<UpstreamStorage>> byDisk = new LinkedHashMap<>();
        for (UpstreamStorage storage : storages) {
            byDisk.computeIfAbsent(disk(storage), any -> new ArrayList<>()).add(storage);
        }
        String text = "CACHE_LIMIT (" + limit + ")";
        if (!limit.isPartOfDisk() && !storages.isEmpty()) {
            found.add(new Bound.OfOperator(
                    text,
                    true,
                    List.copyOf(storages),
                    limit,
                    disk(storages.iterator().next())));
        }
        byDisk.forEach((disk, over) -> {
            if (limit.isPartOfDisk()) {
                found.add(new Bound.OfOperator(text, true, over, limit, disk));
            }
            found.add(new Bound.OfDisk(over, disk));
        });
        return found;
    }

    private static FileStore disk(UpstreamStorage storage) throws IOException {
        Path folder = storage.layout().folder().toAbsolutePath();
        while (!Files.exists(folder)) {
            // The root of the file system exists.
            folder = requireNonNull(folder.getParent());
        }
        return Files.getFileStore(folder);
    }
}
