package io.registrycache.process;

import java.time.Instant;

/** How the child of an upstream is doing; whether the upstream can be reached is another matter. */
public sealed interface ChildState {

    /** Why the child does not serve, or nothing. */
    default String reason() {
        return "";
    }

    /** The child is launched, and has not answered yet. */
    record Starting(Instant since) implements ChildState {}

    /** The child answers. */
    record Serving(long pid, Instant since) implements ChildState {}

    /**
     * No child runs; one is launched later.
     *
     * @param why how it ended, and what it said of that
     * @param isOfStorage whether it says that its storage is the reason
     */
    record BackingOff(int attempt, Instant until, String why, boolean isOfStorage) implements ChildState {

        @Override
        public String reason() {
            return why;
        }
    }

    /** The route is stopped. */
    record Stopped() implements ChildState {

        @Override
        public String reason() {
            return "its route is stopped";
        }
    }
}
