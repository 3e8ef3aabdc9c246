package io.registrycache.status;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Requests and bytes of the latest periods of one length, such as sixty minutes. */
final class Periods {

    record Period(Instant begin, Sums sums) {}

    private final Clock clock;
    private final long millis;
    private final Sums[] ring;
    private long newest;

    Periods(Clock clock, Duration length, int count) {
        this.clock = clock;
        this.millis = length.toMillis();
        this.ring = new Sums[count];
        Arrays.fill(ring, Sums.NOTHING);
        this.newest = now();
    }

    synchronized void add(Outcome outcome, int requests, long bytes) {
        advance();
        ring[place(newest)] = ring[place(newest)].plus(outcome, requests, bytes);
    }

    /** All periods, oldest first; the last one is not over. */
    synchronized List<Period> all() {
        advance();
        List<Period> all = new ArrayList<>(ring.length);
        for (long number = newest - ring.length + 1; number <= newest; number++) {
            all.add(new Period(Instant.ofEpochMilli(number * millis), ring[place(number)]));
        }
        return all;
    }

    /** Takes over the sums of an earlier run; those that are too old are left out. */
    synchronized void restore(List<Period> earlier) {
        advance();
        for (Period period : earlier) {
            long number = Math.floorDiv(period.begin().toEpochMilli(), millis);
            if (number <= newest && number > newest - ring.length) {
                ring[place(number)] = period.sums();
            }
        }
    }

    private void advance() {
        long now = now();
        for (long number = Math.max(newest + 1, now - ring.length + 1); number <= now; number++) {
            ring[place(number)] = Sums.NOTHING;
        }
        newest = Math.max(newest, now);
    }

    private long now() {
        return Math.floorDiv(clock.millis(), millis);
    }

    private int place(long number) {
        return Math.floorMod(number, ring.length);
    }
}
