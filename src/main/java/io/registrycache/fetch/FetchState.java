package io.registrycache.fetch;

import io.registrycache.request.RegistryError;

/**
 * How far a fetch is.
 *
 * <pre>
 * Starting ─ head ─► Receiving ─ digest is right ─► Verified ─► Stored
 *     │                 │
 *     └─────────────────┴── refused, no progress for long, or no room ──► Failed
 * </pre>
 */
sealed interface FetchState {

    /** Held back until the digest is right, so that no client gets a whole body with wrong content. */
    long HELD_BACK = 32 << 10;

    /**
     * Up to where a reader may read.
     *
     * @param received behind the last byte that is there without a gap from the reader's position on
     * @param isTail whether the reader reads to the end of the blob
     */
    default long readable(long received, boolean isTail) {
        return 0;
    }

    default boolean isOver() {
        return false;
    }

    /** The upstream has not answered yet. */
    record Starting() implements FetchState {}

    record Receiving(long size) implements FetchState {
        @Override
        public long readable(long received, boolean isTail) {
            return isTail ? Math.min(received, Math.max(0, size - HELD_BACK)) : received;
        }
    }

    /** All of it is there and right, and becomes stored content. */
    record Verified(long size) implements FetchState {
        @Override
        public long readable(long received, boolean isTail) {
            return size;
        }
    }

    record Stored(long size) implements FetchState {
        @Override
        public long readable(long received, boolean isTail) {
            return size;
        }

        @Override
        public boolean isOver() {
            return true;
        }
    }

    /**
     * It ended without the blob.
     *
     * @param isUnspooled whether only the disk is to blame, so that clients can have the blob straight from the upstream
     */
    record Failed(RegistryError error, boolean isUnspooled) implements FetchState {
        @Override
        public boolean isOver() {
            return true;
        }
    }
}
