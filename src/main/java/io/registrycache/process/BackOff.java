package io.registrycache.process;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How long to wait after so many failures: from half a second, twice as long each time, to half a minute. */
final class BackOff {

    private static final long FIRST_MILLIS = 500;
    private static final long LONGEST_MILLIS = 30_000;

    private BackOff() {}

    /**
     * Draws a time.
     *
     * @param failures one or more, in a row
     */
    static Duration after(int failures) {
        long longest = Math.min(LONGEST_MILLIS, FIRST_MILLIS << Math.min(failures - 1, 16));
        // Children that failed together must not try together.
        return Duration.ofMillis(longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2 + 1));
    }
}
