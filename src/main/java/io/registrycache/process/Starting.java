package io.registrycache.process;

import io.registrycache.process.Stopped.Closed;
import io.registrycache.process.Stopped.Ending;
import io.registrycache.process.Stopped.Off;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** The child shall run, and has not answered yet. */
public sealed interface Starting extends ChildState {

    Instant since();

    @Override
    default String name() {
        return "Starting";
    }

    /** It may be launched now. */
    record Due(Instant since) implements Starting {

        @Override
        public Step stop() {
            return Step.to(new Off());
        }

        @Override
        public Step launching(Moment now) {
            return Step.to(new Launching(0, now));
        }

        @Override
        public OptionalLong nanosToLaunch(Moment now) {
            return OptionalLong.of(0);
        }
    }

    /**
     * The launch before is not over yet.
     *
     * @param run its program, if it has one and that was told to end
     */
    record Restarting(@Nullable ChildRun run, Instant since) implements Starting {

        @Override
        public Step stop() {
            return Step.ending(run, new Ending(run));
        }

        @Override
        public Step ended(ChildEnd end, IntFunction<Duration> backOff, Moment now) {
            return Step.to(new Due(since));
        }

        @Override
        public Step close() {
            return Step.ending(run, new Closed());
        }
    }

    /**
     * The storage and the configuration are made ready.
     *
     * @param failures in a row before this launch
     */
    record Launching(int failures, Moment begin) implements Starting {

        @Override
        public Instant since() {
            return begin.instant();
        }

        @Override
        public Step stop() {
            return Step.to(new Ending(null));
        }

        /** The settings are not made yet. */
        @Override
        public Step replace(Moment now) {
            return failures == 0 ? Step.to(this) : Step.to(new Launching(0, begin));
        }

        @Override
        public Step launched(ChildRun run) {
            return Step.to(new Launched(failures, begin, run));
        }

        @Override
        public Step ended(ChildEnd end, IntFunction<Duration> backOff, Moment now) {
            return Step.to(BackingOff.after(failures + 1, end, backOff, now));
        }
    }

    /** The program has not answered yet. */
    record Launched(int failures, Moment begin, ChildRun run) implements Starting, Running {

        @Override
        public Instant since() {
            return begin.instant();
        }

        @Override
        public Step answers(Moment now) {
            return Step.to(new Serving(failures, begin, run, now.instant()));
        }

        @Override
        public Step ended(ChildEnd end, IntFunction<Duration> backOff, Moment now) {
            return Step.to(BackingOff.after(failures + 1, end, backOff, now));
        }
    }
}
