package io.registrycache.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * Room on the disk of a folder, for content that is stored elsewhere in the end.
 *
 * @param folder that exists when room is reserved
 */
public record DiskRoom(Path folder) implements Room {

    /** Left for small files. */
    private static final long LEFT_FREE = 4 << 20;

    @Override
    public CompletableFuture<Void> reserve(long bytes) {
        try {
            if (Files.getFileStore(folder).getUsableSpace() >= bytes + LEFT_FREE) {
                return CompletableFuture.completedFuture(null);
            }
            return CompletableFuture.failedFuture(new IOException("the disk has no room for " + bytes + " bytes"));
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public void release(long bytes, boolean isStored) {}
}
