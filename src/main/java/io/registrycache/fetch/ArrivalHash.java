package io.registrycache.fetch;

import io.registrycache.request.Digest;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.function.LongSupplier;

/**
 * Hashes a blob in order while its parts arrive in any order: bytes that arrive in order are hashed from memory, and
 * the rest is read again from the spool. One thread hashes at a time, and none waits for another.
 */
final class ArrivalHash {

    private static final int CHUNK = 256 << 10;

    private final MessageDigest hash;
    private long hashed;
    private boolean busy;

    ArrivalHash(Digest digest) {
        this.hash = digest.newHash();
    }

    synchronized long hashed() {
        return hashed;
    }

    /** Hashes bytes that have arrived, if they are the next ones. */
    void arrived(ByteBuffer[] parts, long position) {
        if (!begin(position)) {
            return;
        }
        long count = 0;
        for (ByteBuffer part : parts) {
            count += part.remaining();
            hash.update(part);
        }
        end(count);
    }

    /** Whether there are bytes to read again and no thread does so; then the caller must {@link #catchUp}. */
    synchronized boolean beginCatchUp(long received) {
        if (busy || hashed >= received) {
            return false;
        }
        busy = true;
        return true;
    }

    /** Hashes from the spool until all that is received without a gap is hashed. */
    void catchUp(Spool spool, LongSupplier received) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
        while (true) {
            long missing = received.getAsLong() - hashed();
            if (missing <= 0 && endCatchUp(received)) {
                return;
            }
            chunk.clear().limit((int) Math.min(CHUNK, Math.max(missing, 0)));
            if (chunk.hasRemaining() && spool.read(chunk, hashed()) < 0) {
                throw new EOFException("the spool is shorter than the received bytes");
            }
            hash.update(chunk.flip());
            synchronized (this) {
                hashed += chunk.limit();
            }
        }
    }

    boolean matches(Digest digest) {
        return digest.matches(hash.digest());
    }

    private synchronized boolean begin(long position) {
        if (busy || hashed != position) {
            return false;
        }
        busy = true;
        return true;
    }

    private synchronized void end(long count) {
        hashed += count;
        busy = false;
    }

    /** Nothing is missing; later bytes are hashed on arrival, or begin another catch-up. */
    private synchronized boolean endCatchUp(LongSupplier received) {
        busy = received.getAsLong() > hashed;
        return !busy;
    }
}
