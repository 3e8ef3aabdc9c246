package io.registrycache.fetch;

import io.registrycache.request.RegistryError;
import java.util.OptionalLong;

/**
 * How far a fetch is. An event that comes too late, or again, changes nothing.
 *
 * <pre>
 * Queued ── turn ──► Starting ──────── begun ───────► Receiving ── verified ──► Verified ── stored ──► Stored
 *    │                  │                                 ▲  │
 *    └── announced ─────┴────► Announced ──── begun ──────┘  │
 *    │                  │          │                         │
 *    └──────────────────┴──────────┴──── failed ─────────────┴──► Failed
 * </pre>
 */
sealed interface FetchState {

    /** Held back until the digest is right, so that no client gets a whole body with wrong content. */
    long HELD_BACK = 32 << 10;

    /** It may ask the upstream now. */
    default FetchState turn() {
        return this;
    }

    /** The upstream has answered HEAD: clients can have the head of their answers. */
    default FetchState announced(long size) {
        return this;
    }

    /** The upstream sends the first bytes, or an earlier run received some. */
    default FetchState begun(long size) {
        return this;
    }

    /** All of it is there, and its digest is right. */
    default FetchState verified() {
        return this;
    }

    /** It is taken in, or serves its clients without that. */
    default FetchState stored() {
        return this;
    }

    default FetchState failed(RegistryError error, boolean isUnspooled) {
        return new Failed(error, isUnspooled);
    }

    /** The blob's size, once it is known; it does not change any more. */
    default OptionalLong size() {
        return OptionalLong.empty();
    }

    /** Whether the upstream may send a blob of this size. */
    default boolean allows(long total) {
        return size().isEmpty() || size().getAsLong() == total;
    }

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

    /** The upstream has sent nothing. */
    sealed interface Unbegun extends FetchState {}

    /** It waits until there are fewer others. */
    record Queued() implements Unbegun {
        @Override
        public FetchState turn() {
            return new Starting();
        }

        @Override
        public FetchState announced(long size) {
            return new Announced(size);
        }
    }

    /** The upstream has not answered yet. */
    record Starting() implements Unbegun {
        @Override
        public FetchState announced(long size) {
            return new Announced(size);
        }

        @Override
        public FetchState begun(long size) {
            return new Receiving(size);
        }
    }

    /** Its size is known, but nothing has come, perhaps because it waits for its turn. */
    record Announced(long known) implements Unbegun {
        @Override
        public FetchState begun(long size) {
            return new Receiving(known);
        }

        @Override
        public OptionalLong size() {
            return OptionalLong.of(known);
        }
    }

    record Receiving(long known) implements FetchState {
        @Override
        public FetchState verified() {
            return new Verified(known);
        }

        @Override
        public OptionalLong size() {
            return OptionalLong.of(known);
        }

        @Override
        public long readable(long received, boolean isTail) {
            return isTail ? Math.min(received, Math.max(0, known - HELD_BACK)) : received;
        }
    }

    /** All of it is there and right, and becomes stored content; no failure can take it away from clients. */
    record Verified(long known) implements FetchState {
        @Override
        public FetchState stored() {
            return new Stored(known);
        }

        @Override
        public FetchState failed(RegistryError error, boolean isUnspooled) {
            return this;
        }

        @Override
        public OptionalLong size() {
            return OptionalLong.of(known);
        }

        @Override
        public long readable(long received, boolean isTail) {
            return known;
        }
    }

    record Stored(long known) implements FetchState {
        @Override
        public FetchState failed(RegistryError error, boolean isUnspooled) {
            return this;
        }

        @Override
        public OptionalLong size() {
            return OptionalLong.of(known);
        }

        @Override
        public long readable(long received, boolean isTail) {
            return known;
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
        public FetchState failed(RegistryError later, boolean unspooled) {
            return this;
        }

        @Override
        public boolean isOver() {
            return true;
        }
    }
}
