package io.registrycache.upstream;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Sends questions through the route {@code ask-upstream}. */
public final class AskUpstream {

    /** Until the head of the final answer; clients get theirs within 25 s. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final RouteEntry route;
    private final ScheduledExecutorService scheduler;

    public AskUpstream(RouteEntry route, ScheduledExecutorService scheduler) {
        this.route = route;
        this.scheduler = scheduler;
    }

    /** The question's receiver is told what becomes of it. */
    void ask(Question question) {
        ScheduledFuture<?> deadline =
                scheduler.schedule(() -> question.expire(PATIENCE), PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        route.start(question, failure -> {
            deadline.cancel(false);
            if (failure != null) {
                question.fail(failure);
            }
        });
    }
}
