package io.registrycache.log;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/** A state that is wrong and lasts: one WARN when it begins, and one INFO with its duration when it ends. */
public final class LastingState {

    private final Logger log;
    private final String begin;
    private final String end;
    private volatile boolean lasts;
    private long since;

    /**
     * A state that has not begun.
     *
     * @param begin the line that is logged when it begins, such as {@code upstream=ghcr.io reachable=false}
     * @param end the line that is logged when it ends, such as {@code upstream=ghcr.io reachable=true}
     */
    public LastingState(Logger log, String begin, String end) {
        this.log = log;
        this.begin = begin;
        this.end = end;
    }

    /** It is so now, perhaps for the first time. */
    public synchronized void holds(String why) {
        if (lasts) {
            log.debug("{} why=\"{}\"", begin, why);
            return;
        }
        lasts = true;
        since = System.nanoTime();
        log.warn("{} why=\"{}\"", begin, why);
    }

    /** It is not so now. */
    public void isOver() {
        if (lasts) {
            end();
        }
    }

    private synchronized void end() {
        if (lasts) {
            lasts = false;
            log.info("{} after_seconds={}", end, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - since));
        }
    }
}
