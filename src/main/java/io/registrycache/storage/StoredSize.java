package io.registrycache.storage;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** How many bytes the blobs of one upstream's child have; of the files, for a disk may take more. */
public final class StoredSize {

    private StoredSize() {}

    /**
     * Adds them up, which takes a while where there are many.
     *
     * @param folder the child's root directory
     */
    public static long in(Path folder) throws IOException {
        Path blobs = folder.resolve("docker/registry/v2/blobs");
        Sum sum = new Sum();
        if (Files.isDirectory(blobs)) {
            Files.walkFileTree(blobs, sum);
        }
        return sum.bytes;
    }

    private static final class Sum extends SimpleFileVisitor<Path> {

        private long bytes;

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes += attributes.size();
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) {
            // It expired meanwhile.
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, IOException failure) {
            return FileVisitResult.CONTINUE;
        }
    }
}
