package io.registrycache.storage;

import java.util.concurrent.CompletableFuture;

/** Room for content that is to be stored. */
public interface Room {

    /**
     * Reserves bytes, for which other content may have to go; fails with {@link java.io.IOException} if there is none.
     */
    CompletableFuture<Void> reserve(long bytes);

    /** Ends a reservation; the bytes are stored now, or not. */
    void release(long bytes, boolean isStored);
}
