package io.registrycache.process;

import java.time.Duration;
import java.time.Instant;

/**
 * A point in time.
 *
 * @param instant on the clock that people read, which can be set
 * @param nanos on the clock of {@link System#nanoTime}, which cannot
 */
record Moment(Instant instant, long nanos) {

    static Moment now() {
        return new Moment(Instant.now(), System.nanoTime());
    }

    Moment plus(Duration duration) {
        return new Moment(instant.plus(duration), nanos + duration.toNanos());
    }

    /** Negative if the other one is later. */
    long nanosSince(Moment other) {
        return nanos - other.nanos;
    }
}
