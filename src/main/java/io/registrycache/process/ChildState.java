package io.registrycache.process;

import java.time.Instant;

/** How a child registry is doing. */
public sealed interface ChildState {

    /** Launched, and has not answered yet. */
    record Starting(Instant since) implements ChildState {}

    /** Answers on a port of the loopback interface. */
    record PullThrough(long pid, int port, Instant since) implements ChildState {}

    /**
     * Ended, and is launched again later.
     *
     * @param why the last lines that the child wrote
     */
    record BackingOff(int attempt, Instant until, String why) implements ChildState {}

    /** Nobody wants it to run. */
    record Stopped() implements ChildState {}
}
