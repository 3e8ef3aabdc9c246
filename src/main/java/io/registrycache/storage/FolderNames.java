package io.registrycache.storage;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.function.BiConsumer;

/** The names in folders; those of a large folder are read again only when it has changed. */
final class FolderNames {

    /** Fewer are read as quickly as they are found. */
    private static final int LARGE = 500;

    private static final long MOST_HELD = 4 << 20;
    static final Duration UNUSED = Duration.ofMinutes(10);
    /** Later changes may bear the same time on a file system that counts in seconds. */
    private static final Duration TICK = Duration.ofSeconds(2);

    private record Held(FileTime changed, Names names) {}

    private final BiConsumer<String, Names.Builder> collector;
    private final Cache<Path, Held> held = Caffeine.newBuilder()
            .maximumWeight(MOST_HELD)
            .weigher((Path folder, Held entry) -> 512 + entry.names().size())
            .expireAfterAccess(UNUSED)
            .executor(Runnable::run)
            .build();

    /**
     * Of any folders.
     *
     * @param collector adds the result for a name in a folder
     */
    FolderNames(BiConsumer<String, Names.Builder> collector) {
        this.collector = collector;
    }

    /** The names in a folder; none if the folder is missing or cannot be read. */
    Names in(Path folder) throws IOException {
        try {
            Held before = held.getIfPresent(folder);
            if (before != null && before.changed().equals(Files.getLastModifiedTime(folder))) {
                return before.names();
            }
            return readAndHold(folder);
        } catch (NoSuchFileException | NotDirectoryException | AccessDeniedException e) {
            return new Names.Builder().build();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private Names readAndHold(Path folder) throws IOException {
        long begin = System.currentTimeMillis();
        Names.Builder builder = new Names.Builder();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                collector.accept(entry.getFileName().toString(), builder);
            }
        }
        Names names = builder.build();
        if (names.count() >= LARGE) {
            FileTime changed = Files.getLastModifiedTime(folder);
            if (isSettled(changed, begin)) {
                held.put(folder, new Held(changed, names));
            }
        }
        return names;
    }

    /**
     * Whether the time of a folder's last change tells each later change.
     *
     * @param begin when the folder was begun to be read
     */
    static boolean isSettled(FileTime changed, long begin) {
        return changed.toMillis() < begin - TICK.toMillis();
    }
}
