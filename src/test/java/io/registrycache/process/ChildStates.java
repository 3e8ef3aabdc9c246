package io.registrycache.process;

import java.time.Instant;

/** States of a child, for tests of what shows them. */
public final class ChildStates {

    private static final ChildRun RUN = new ChildRun("test", new NoProcess(), 1);

    private ChildStates() {}

    public static ChildState starting(Instant since) {
        return new Starting.Due(since);
    }

    public static ChildState serving(Instant since) {
        return new ChildState.Serving(0, new Moment(since, 0), RUN, since);
    }

    public static ChildState backingOff(Instant until, String why) {
        return new ChildState.BackingOff(1, new Moment(until, 0), ChildEnd.because(why));
    }

    public static ChildState stopped() {
        return new Stopped.Off();
    }
}
