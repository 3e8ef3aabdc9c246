package io.registrycache.process;

import io.registrycache.process.Starting.Due;
import io.registrycache.process.Starting.Launching;
import io.registrycache.process.Starting.Restarting;
import io.registrycache.process.Stopped.Closed;
import io.registrycache.process.Stopped.Ending;
import io.registrycache.process.Stopped.Off;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The child of one upstream; whether the upstream can be reached is another matter. An event that comes too late, or
 * again, changes nothing.
 *
 * <pre>
 *        start          launching               launched            answers
 *  Off ─────────► Due ─────────────► Launching ──────────► Launched ─────────► Serving
 *   ▲              ▲ ▲ replace        ▲    │ ended            │ │                │ │
 *   │              │ └────────────┐   │    ▼                  │ │ ended          │ │
 *   │         ended│              BackingOff ◄────────────────┼─┴────────────────┼─┘
 *   │              │                                          │                  │
 *   │              └──────────── Restarting ◄──── replace ────┴──────────────────┘
 *   │                               │  ▲
 *   │ ended                    stop │  │ start
 *   │                               ▼  │
 *   └────────────────────────────── Ending ◄── stop ── Launching, Launched, Serving
 *
 *  BackingOff ── launching ──► Launching    Due, BackingOff ── stop ──► Off    each ── close ──► Closed
 * </pre>
 *
 * {@code launching} and {@code ended} are the begin and the end of one launch, which watches its program in between;
 * there is never more than one.
 */
public sealed interface ChildState permits Stopped, Starting, ChildState.Running, ChildState.BackingOff {

    /** A program that answered for so long was able to start, so that its end is a first failure. */
    Duration HEALTHY = Duration.ofMinutes(1);

    /** The action on the program of a state that is left. */
    enum Order {
        NOTHING,
        /** End it. */
        END,
        /** Another one is launched beside it: do not watch it any more, and let it run. */
        LET_GO
    }

    /**
     * The result of an event.
     *
     * @param run the program that the order is about
     */
    record Step(ChildState next, Order order, Optional<ChildRun> run) {

        static Step to(ChildState next) {
            return new Step(next, Order.NOTHING, Optional.empty());
        }

        static Step ending(@Nullable ChildRun run, ChildState next) {
            return run == null ? to(next) : new Step(next, Order.END, Optional.of(run));
        }

        static Step lettingGo(ChildRun run, ChildState next) {
            return new Step(next, Order.LET_GO, Optional.of(run));
        }
    }

    /** The child shall run. */
    default Step start(Moment now) {
        return Step.to(this);
    }

    /** The child shall not run. */
    default Step stop() {
        return Step.to(this);
    }

    /** Another child shall run, with other settings. */
    default Step replace(Moment now) {
        return Step.to(this);
    }

    /** A launch begins. */
    default Step launching(Moment now) {
        return Step.to(this);
    }

    /** The program runs. */
    default Step launched(ChildRun run) {
        return Step.to(this);
    }

    /** The program answers for the first time. */
    default Step answers(Moment now) {
        return Step.to(this);
    }

    /**
     * The launch is over: its program has ended or was let go, or there was none.
     *
     * @param backOff how long to wait after so many failures
     */
    default Step ended(ChildEnd end, IntFunction<Duration> backOff, Moment now) {
        return Step.to(this);
    }

    /** The child shall never run again. */
    default Step close() {
        return Step.to(new Closed());
    }

    /** One word for health, metrics, JMX and the log. */
    String name();

    /** Why the child does not serve, or nothing. */
    default String reason() {
        return "";
    }

    /** How long until it may be launched, negative if that was possible before; empty while it may not be. */
    default OptionalLong nanosToLaunch(Moment now) {
        return OptionalLong.empty();
    }

    /** A program runs. */
    sealed interface Running extends ChildState permits Starting.Launched, Serving {

        ChildRun run();

        @Override
        default Step stop() {
            return Step.ending(run(), new Ending(run()));
        }

        @Override
        default Step replace(Moment now) {
            return Step.lettingGo(run(), new Restarting(null, now.instant()));
        }

        @Override
        default Step close() {
            return Step.ending(run(), new Closed());
        }
    }

    /**
     * The program answers.
     *
     * @param begin of its launch
     * @param since when it answers
     */
    record Serving(int failures, Moment begin, ChildRun run, Instant since) implements Running {

        public long pid() {
            return run.pid();
        }

        @Override
        public String name() {
            return "Serving";
        }

        @Override
        public Step ended(ChildEnd end, IntFunction<Duration> backOff, Moment now) {
            boolean wasHealthy = now.nanosSince(begin) > HEALTHY.toNanos();
            return Step.to(BackingOff.after(wasHealthy ? 1 : failures + 1, end, backOff, now));
        }
    }

    /**
     * The child is launched again later.
     *
     * @param failures in a row
     * @param end of the last launch
     */
    record BackingOff(int failures, Moment launch, ChildEnd end) implements ChildState {

        static BackingOff after(int failures, ChildEnd end, IntFunction<Duration> backOff, Moment now) {
            return new BackingOff(failures, now.plus(backOff.apply(failures)), end);
        }

        public Instant until() {
            return launch.instant();
        }

        /** Whether the program says that its storage is the reason. */
        public boolean isOfStorage() {
            return end.isOfStorage();
        }

        @Override
        public String name() {
            return "BackingOff";
        }

        @Override
        public String reason() {
            return end.why();
        }

        @Override
        public Step stop() {
            return Step.to(new Off());
        }

        @Override
        public Step replace(Moment now) {
            return Step.to(new Due(now.instant()));
        }

        @Override
        public Step launching(Moment now) {
            return Step.to(new Launching(failures, now));
        }

        @Override
        public OptionalLong nanosToLaunch(Moment now) {
            return OptionalLong.of(launch.nanosSince(now));
        }
    }
}
