package io.registrycache.process;

import java.time.Instant;

/** How an upstream is served. */
public sealed interface ChildState {

    /** The child is launched, and has not answered yet. */
    record Starting(Instant since) implements ChildState {}

    /** The child answers, and asks the upstream for what it lacks. */
    record PullThrough(long pid, Instant since) implements ChildState {}

    /**
     * A child without upstream serves what is cached.
     *
     * @param why what is wrong with the upstream
     */
    record Offline(Instant since, String why) implements ChildState {}

    /**
     * No child runs; one is launched later.
     *
     * @param why the last lines that the child wrote
     */
    record BackingOff(int attempt, Instant until, String why) implements ChildState {}

    /** Nobody wants a child to run. */
    record Stopped() implements ChildState {}
}
