package io.registrycache.process;

import io.registrycache.process.Starting.Due;
import io.registrycache.process.Starting.Restarting;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** The child does not run, or is about to end. */
public sealed interface Stopped extends ChildState {

    @Override
    default String name() {
        return "Stopped";
    }

    @Override
    default String reason() {
        return "its route is stopped";
    }

    /** No launch is under way. */
    record Off() implements Stopped {

        @Override
        public Step start(Moment now) {
            return Step.to(new Due(now.instant()));
        }
    }

    /**
     * The launch is still under way.
     *
     * @param run its program, if it has one
     */
    record Ending(@Nullable ChildRun run) implements Stopped {

        @Override
        public Step start(Moment now) {
            return Step.to(new Restarting(run, now.instant()));
        }

        /** For those who wait until it has ended. */
        @Override
        public Step stop() {
            return Step.ending(run, this);
        }

        @Override
        public Step ended(ChildEnd end, IntFunction<Duration> backOff, Moment now) {
            return Step.to(new Off());
        }

        @Override
        public Step close() {
            return Step.ending(run, new Closed());
        }
    }

    /** For good. */
    record Closed() implements Stopped {

        @Override
        public Step close() {
            return Step.to(this);
        }

        /** At once, for there is nothing to wait for. */
        @Override
        public OptionalLong nanosToLaunch(Moment now) {
            return OptionalLong.of(0);
        }
    }
}
