package io.registrycache.upstream;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether an upstream can be asked.
 *
 * <pre>
 *             failed                       probeFailed, twice
 * Reachable ─────────► Doubtful ─────────────────────────────► Unreachable ──┐ probeFailed:
 *     ▲  ▲                │                                         │    ▲   │ the next one later
 *     │  └── succeeded ───┘                                         │    └───┘
 *     └──────────────────────────── succeeded ──────────────────────┘
 * </pre>
 *
 * A failure is a refused connection, a time-out or a status of 500 and above, of a request or of a probe; every other
 * answer is a success, a refusal too.
 */
public sealed interface Reachability {

    Duration FIRST_PAUSE = Duration.ofMillis(500);
    Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    int PROBES_IN_DOUBT = 2;

    /**
     * The result of an event.
     *
     * @param probe when to ask the upstream whether it is there; nothing if a probe is under way or not needed
     */
    record Step(Reachability next, Optional<Duration> probe) {
        static Step to(Reachability next) {
            return new Step(next, Optional.empty());
        }

        static Step to(Reachability next, Duration probe) {
            return new Step(next, Optional.of(probe));
        }
    }

    Instant since();

    /** A request failed. */
    default Step failed(String why, Instant now) {
        return Step.to(this);
    }

    /** A probe failed. */
    default Step probeFailed(String why, Instant now) {
        return Step.to(this);
    }

    /** The upstream answered. */
    default Step succeeded(Instant now) {
        return Step.to(new Reachable(now));
    }

    /** Requests are sent. */
    record Reachable(Instant since) implements Reachability {
        @Override
        public Step failed(String why, Instant now) {
            return Step.to(new Doubtful(since, now, why, 0), Duration.ZERO);
        }

        /** The first probe is sent at start, before any request. */
        @Override
        public Step probeFailed(String why, Instant now) {
            return Step.to(new Doubtful(since, now, why, 1), FIRST_PAUSE);
        }

        @Override
        public Step succeeded(Instant now) {
            return Step.to(this);
        }
    }

    /**
     * A request failed and probes are under way: requests are sent, and stored tags are answered at once.
     *
     * @param since when it became reachable
     * @param failedAt when the request failed
     * @param probes that failed since
     */
    record Doubtful(Instant since, Instant failedAt, String why, int probes) implements Reachability {
        @Override
        public Step probeFailed(String last, Instant now) {
            return probes + 1 < PROBES_IN_DOUBT
                    ? Step.to(new Doubtful(since, failedAt, last, probes + 1), FIRST_PAUSE)
                    : Step.to(new Unreachable(failedAt, last, 1, now.plus(FIRST_PAUSE)), FIRST_PAUSE);
        }

        @Override
        public Step succeeded(Instant now) {
            return Step.to(new Reachable(since));
        }
    }

    /**
     * Nothing is asked but by probes.
     *
     * @param next when the next probe is sent
     */
    record Unreachable(Instant since, String why, int attempt, Instant next) implements Reachability {
        @Override
        public Step probeFailed(String last, Instant now) {
            long pause = Math.min(LONGEST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << Math.min(attempt, 16));
            return Step.to(new Unreachable(since, last, attempt + 1, now.plusMillis(pause)), Duration.ofMillis(pause));
        }
    }
}
