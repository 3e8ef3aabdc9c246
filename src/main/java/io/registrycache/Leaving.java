package io.registrycache;

import io.registrycache.traffic.Transfer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The parts of an upstream that is not configured any more, until the last transfer that needs them is over. */
final class Leaving {

    /** A request that came before the change is known as one of its upstream by then. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final String upstream;
    private final boolean isWhole;
    private final Remainder remainder;
    private final long since = System.nanoTime();
    private @Nullable Set<Transfer> transfers;

    /**
     * Begins to leave.
     *
     * @param isWhole whether it is all of the upstream
     */
    Leaving(String upstream, boolean isWhole, Remainder remainder) {
        this.upstream = upstream;
        this.isWhole = isWhole;
        this.remainder = remainder;
    }

    String upstream() {
        return upstream;
    }

    /** Whether all of that upstream is leaving. */
    boolean isOfWhole(String name) {
        return isWhole && upstream.equals(name);
    }

    /**
     * Whether nothing needs it any more.
     *
     * @param inFlight the transfers of its upstream that go on
     */
    boolean isOver(Set<Transfer> inFlight) {
        if (System.nanoTime() - since < GRACE.toNanos()) {
            return false;
        }
        Set<Transfer> before = transfers == null ? new HashSet<>(inFlight) : transfers;
        before.retainAll(inFlight);
        transfers = before;
        return before.isEmpty() && remainder.isIdle();
    }

    void end() {
        remainder.end();
    }
}
