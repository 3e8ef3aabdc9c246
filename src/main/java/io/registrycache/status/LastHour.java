package io.registrycache.status;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Requests and bytes, minute by minute for an hour, and altogether since the start. */
final class LastHour {

    /**
     * What one minute, or all time, had.
     *
     * @param bytesFromCache of hits; {@code bytesFromUpstream} of misses
     */
    record Sums(long hits, long misses, long errors, long bytesFromCache, long bytesFromUpstream) {

        private static final Sums NOTHING = new Sums(0, 0, 0, 0, 0);

        Sums plus(Outcome outcome, int requests, long bytes) {
            return switch (outcome) {
                case HIT -> new Sums(hits + requests, misses, errors, bytesFromCache + bytes, bytesFromUpstream);
                case MISS -> new Sums(hits, misses + requests, errors, bytesFromCache, bytesFromUpstream + bytes);
                case UNKNOWN -> new Sums(hits, misses, errors, bytesFromCache, bytesFromUpstream + bytes);
                case ERROR -> new Sums(hits, misses, errors + requests, bytesFromCache, bytesFromUpstream);
            };
        }
    }

    record Minute(String minute, Sums sums) {}

    private static final int MINUTES = 60;

    private final Clock clock;
    private final Sums[] ring = new Sums[MINUTES];
    private long newest;
    private Sums total = Sums.NOTHING;

    LastHour(Clock clock) {
        this.clock = clock;
        Arrays.fill(ring, Sums.NOTHING);
        this.newest = minuteNow();
    }

    synchronized void add(Outcome outcome, int requests, long bytes) {
        advance();
        ring[place(newest)] = ring[place(newest)].plus(outcome, requests, bytes);
        total = total.plus(outcome, requests, bytes);
    }

    synchronized Sums total() {
        return total;
    }

    /** The last sixty minutes, oldest first; the one that goes on is the last. */
    synchronized List<Minute> minutes() {
        advance();
        List<Minute> minutes = new ArrayList<>(MINUTES);
        for (long minute = newest - MINUTES + 1; minute <= newest; minute++) {
            minutes.add(new Minute(Instant.ofEpochSecond(minute * 60).toString(), ring[place(minute)]));
        }
        return minutes;
    }

    private void advance() {
        long now = minuteNow();
        for (long minute = Math.max(newest + 1, now - MINUTES + 1); minute <= now; minute++) {
            ring[place(minute)] = Sums.NOTHING;
        }
        newest = Math.max(newest, now);
    }

    private long minuteNow() {
        return Math.floorDiv(clock.millis(), 60_000L);
    }

    private static int place(long minute) {
        return Math.floorMod(minute, MINUTES);
    }
}
