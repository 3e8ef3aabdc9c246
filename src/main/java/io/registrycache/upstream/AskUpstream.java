package io.registrycache.upstream;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Sends questions through the route {@code ask-upstream}. */
public final class AskUpstream {

    /** Until the head of the final answer; clients get theirs within 25 s. */
    static final Duration PATIENCE = Duration.ofSeconds(20);
    /** For what follows from a first question that took nearly as long. */
    private static final Duration LEAST = Duration.ofSeconds(2);

    private final RouteEntry route;
    private final ScheduledExecutorService scheduler;

    public AskUpstream(RouteEntry route, ScheduledExecutorService scheduler) {
        this.route = route;
        this.scheduler = scheduler;
    }

    /** What is left of the patience, since a time in nanoseconds. */
    static Duration left(long began) {
        Duration left = PATIENCE.minusNanos(System.nanoTime() - began);
        return left.compareTo(LEAST) < 0 ? LEAST : left;
    }

    /** The question's receiver is told what becomes of it. */
    void ask(Question question, Duration patience) {
        ScheduledFuture<?> deadline =
                scheduler.schedule(() -> question.expire(patience), patience.toMillis(), TimeUnit.MILLISECONDS);
        route.start(question, failure -> {
            deadline.cancel(false);
            if (failure != null) {
                question.fail(failure);
            }
        });
    }
}
