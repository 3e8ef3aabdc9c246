package io.registrycache.storage;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;

/** A walk through a child's storage, in which files expire meanwhile. */
abstract class StoredFiles extends SimpleFileVisitor<Path> {

    /** Walks; where nothing was ever stored, to no effect. */
    final void walk(Path root) throws IOException {
        if (Files.isDirectory(root)) {
            Files.walkFileTree(root, this);
        }
    }

    @Override
    public final FileVisitResult visitFileFailed(Path file, IOException failure) {
        return FileVisitResult.CONTINUE;
    }

    @Override
    public final FileVisitResult postVisitDirectory(Path folder, IOException failure) {
        return FileVisitResult.CONTINUE;
    }
}
