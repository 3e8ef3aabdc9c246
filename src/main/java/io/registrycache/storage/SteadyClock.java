package io.registrycache.storage;

import java.time.Duration;

/**
 * Notices that the clock was set. The times of files were those of the clock before, so that content looks older than it
 * is, or younger.
 */
final class SteadyClock {

    private static final long TOLERANCE = Duration.ofMinutes(10).toMillis();

    private long wall = System.currentTimeMillis();
    private long steady = System.nanoTime();
    private boolean wasSet;

    /** How old content can be for certain: any age, or since the clock was set. In milliseconds. */
    synchronized long longestAge() {
        long elapsed = (System.nanoTime() - steady) / 1_000_000;
        if (Math.abs(System.currentTimeMillis() - wall - elapsed) > TOLERANCE) {
            wall = System.currentTimeMillis();
            steady = System.nanoTime();
            wasSet = true;
            return 0;
        }
        return wasSet ? elapsed : Long.MAX_VALUE;
    }
}
