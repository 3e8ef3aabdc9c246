package io.registrycache.process;

import static java.util.Objects.requireNonNull;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether content can be stored below a folder, found out without writing or locking anything. */
public final class StorageAccess {

    private StorageAccess() {}

    /** The path that this user may not write to, if there is one. */
    public static Optional<Path> obstacle(Path folder) {
        Path run = folder.resolve(RunFolder.NAME);
        Path running = run.resolve(RunFolder.RUNNING);
        return Stream.of(folder, run)
                .map(StorageAccess::existing)
                .filter(path -> !Files.isDirectory(path) || !Files.isWritable(path) || !Files.isExecutable(path))
                .findFirst()
                .or(() -> Optional.of(running).filter(path -> Files.exists(path) && !Files.isWritable(path)));
    }

    /** The folder itself, or the one in which it would be made. */
    public static Path existing(Path path) {
        Path found = path.toAbsolutePath();
        while (!Files.exists(found)) {
            // The root of the file system exists.
            found = requireNonNull(found.getParent());
        }
        return found;
    }
}
