package io.registrycache.process;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Looks whether an offline child, which may just be starting, has what is asked for. */
final class OfflineLookup {

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final long POLL_MILLIS = 50;
    private static final int POLLS = 40;

    /** Such questions block, and there may be many at once when an upstream hangs. */
    private static final ExecutorService QUESTIONS = Executors.newFixedThreadPool(2, task -> {
        Thread thread = new Thread(task, "offline-lookup");
        thread.setDaemon(true);
        return thread;
    });

    private final Supplier<Optional<Integer>> port;
    private final ScheduledExecutorService scheduler;

    /**
     * For one offline child.
     *
     * @param port where it answers, if it does by now
     */
    OfflineLookup(Supplier<Optional<Integer>> port, ScheduledExecutorService scheduler) {
        this.port = port;
        this.scheduler = scheduler;
    }

    /** Tells whether the path can be had there; nothing, when the child does not come up. */
    void find(String path, Consumer<Boolean> found) {
        find(path, found, POLLS);
    }

    private void find(String path, Consumer<Boolean> found, int polls) {
        Optional<Integer> now = port.get();
        if (now.isPresent()) {
            QUESTIONS.execute(() -> found.accept(has(now.get(), path)));
        } else if (polls > 0) {
            var unused = scheduler.schedule(() -> find(path, found, polls - 1), POLL_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private static boolean has(int port, String path) {
        try {
            return Loopback.get(port, path, PATIENCE).status() == 200;
        } catch (IOException e) {
            return false;
        }
    }
}
