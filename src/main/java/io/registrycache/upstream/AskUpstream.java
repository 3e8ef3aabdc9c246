package io.registrycache.upstream;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Sends questions through the route {@code ask-upstream}. */
public final class AskUpstream {

    /** Until the head of the final answer; clients get theirs within 25 s. */
    static final Duration PATIENCE = Duration.ofSeconds(20);
    /** For further questions after a first one that took nearly as long. */
    private static final Duration LEAST = Duration.ofSeconds(2);

    /** Lets a question expire, which may have more time by then. */
    private final class Deadline {

        private final Question question;
        private boolean isOver;
        private @Nullable ScheduledFuture<?> timer;

        Deadline(Question question) {
            this.question = question;
        }

        synchronized void await(long nanos) {
            if (!isOver) {
                timer = scheduler.schedule(this::check, nanos, TimeUnit.NANOSECONDS);
            }
        }

        private void check() {
            long left = question.left();
            if (left > 0) {
                await(left);
            } else {
                question.expire();
            }
        }

        synchronized void over() {
            isOver = true;
            if (timer != null) {
                timer.cancel(false);
            }
        }
    }

    private final RouteEntry route;
    private final ScheduledExecutorService scheduler;

    public AskUpstream(RouteEntry route, ScheduledExecutorService scheduler) {
        this.route = route;
        this.scheduler = scheduler;
    }

    /** The rest of the patience, since a time in nanoseconds. */
    static Duration left(long began) {
        Duration left = PATIENCE.minusNanos(System.nanoTime() - began);
        return left.compareTo(LEAST) < 0 ? LEAST : left;
    }

    /** The question's receiver is told the result. */
    void ask(Question question, Duration patience) {
        question.begin(patience);
        Deadline deadline = new Deadline(question);
        deadline.await(patience.toNanos());
        route.start(question, failure -> {
            deadline.over();
            if (failure != null) {
                question.fail(failure);
            }
        });
    }
}
