package io.registrycache.storage;

import io.registrycache.request.Digest;
import java.nio.file.Path;

/** A manifest or a blob that is stored. */
public sealed interface Content {

    /** How long it is. */
    long size();

    /** Its media type. */
    String type();

    /**
     * Small enough to be kept in memory.
     *
     * @param bytes shared, and not to be changed
     */
    @SuppressWarnings("ArrayRecordComponent") // A copy for each request would cost as much as the memory saves.
    record InMemory(byte[] bytes, String type) implements Content {
        @Override
        public long size() {
            return bytes.length;
        }
    }

    /** A file that may be deleted at any time; an open one can still be read. */
    record OnDisk(Path file, long size, String type, Digest digest, InUse inUse) implements Content {

        /** Keeps it from being evicted. */
        public InUse.Hold hold() {
            return inUse.hold(digest);
        }
    }
}
