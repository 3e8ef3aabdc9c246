package io.registrycache.storage;

import java.time.Duration;
import java.util.function.LongSupplier;

/** How many bytes were stored: in the last day, hour by hour, and since the start. */
final class Growth {

    private static final int HOURS = 24;

    private final LongSupplier nanos;
    private final long[] bytes = new long[HOURS];
    private final long begin;
    private long hour;
    private long total;

    Growth(LongSupplier nanos) {
        this.nanos = nanos;
        this.begin = nanos.getAsLong();
    }

    synchronized void stored(long count) {
        advance();
        bytes[(int) (hour % HOURS)] += count;
        total += count;
    }

    /** Since the start, if that is not a day ago. */
    synchronized long inLastDay() {
        advance();
        long sum = 0;
        for (long each : bytes) {
            sum += each;
        }
        return sum;
    }

    synchronized long total() {
        return total;
    }

    private void advance() {
        long now = Duration.ofNanos(nanos.getAsLong() - begin).toHours();
        for (int passed = 0; hour < now && passed < HOURS; passed++) {
            hour++;
            bytes[(int) (hour % HOURS)] = 0;
        }
        hour = now;
    }
}
