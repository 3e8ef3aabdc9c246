package io.registrycache.storage;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.atomic.AtomicLong;

/** How many bytes the blobs of one upstream's child have; of the files, for a disk may take more. */
public final class StoredSize {

    private StoredSize() {}

    /**
     * Adds them up, which takes a while where there are many.
     *
     * @param folder the child's root directory
     */
    public static long in(Path folder) throws IOException {
        AtomicLong bytes = new AtomicLong();
        new StoredFiles() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                bytes.addAndGet(attributes.size());
                return FileVisitResult.CONTINUE;
            }
        }.walk(folder.resolve("docker/registry/v2/blobs"));
        return bytes.get();
    }
}
