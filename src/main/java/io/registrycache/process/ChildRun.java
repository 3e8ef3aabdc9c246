package io.registrycache.process;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A child that was launched, until it has ended. */
final class ChildRun {

    private static final Logger LOG = LoggerFactory.getLogger(ChildRun.class);
    private static final Duration POLL_WHILE_STARTING = Duration.ofMillis(50);
    private static final Duration POLL = Duration.ofSeconds(2);
    /** A child that gives no answer for so long hangs. */
    private static final Duration HANGS = Duration.ofSeconds(10);

    private static final Duration HEALTHY = Duration.ofMinutes(1);
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final String name;
    private final Collection<String> secrets;
    private final ChildRegistry.Observer observer;
    private final long began = System.nanoTime();
    private boolean answered;
    private String why = "";
    private boolean ofStorage;

    ChildRun(String name, Collection<String> secrets, ChildRegistry.Observer observer) {
        this.name = name;
        this.secrets = secrets;
        this.observer = observer;
    }

    /** Whether it served for long enough not to be one of those that cannot start. */
    boolean wasHealthy() {
        return answered && System.nanoTime() - began > HEALTHY.toNanos();
    }

    /** Why it ended. */
    String why() {
        return why;
    }

    /** Whether its last words blame its storage. */
    boolean isOfStorage() {
        return ofStorage;
    }

    void failed(String because) {
        why = because;
    }

    /** Returns when it has ended, or is replaced and goes on. */
    void toItsEnd(Process child, int port, CompletableFuture<Void> replacement) throws InterruptedException {
        ChildOutput output = new ChildOutput(name, secrets);
        Thread pump = new Thread(() -> output.pump(child.getInputStream()), "output-" + name);
        pump.setDaemon(true);
        pump.start();
        watch(child, port, CompletableFuture.anyOf(child.onExit(), replacement));
        if (replacement.isDone()) {
            return;
        }
        Termination.end(List.of(child));
        // It may have ended before all was read that it said of that.
        pump.join(LAST_WORDS.toMillis());
        LastWords words = output.lastWords();
        ofStorage = words.isOfStorage();
        why = end(child.exitValue()) + (words.reason().isEmpty() ? ", without a reason" : ": " + words.reason());
    }

    /** The JVM says 128 + n when signal n ended a process. */
    private static String end(int exitValue) {
        return exitValue > 128 ? "it was ended by signal " + (exitValue - 128) : "it ended with exit code " + exitValue;
    }

    /** Returns when it has ended, hangs or is replaced. */
    private void watch(Process child, int port, CompletableFuture<?> over) throws InterruptedException {
        long lastAnswer = System.nanoTime();
        while (!isDoneWithin(over, answered ? POLL : POLL_WHILE_STARTING)) {
            if (Loopback.answers(port, answered ? HANGS : POLL_WHILE_STARTING.multipliedBy(4))) {
                lastAnswer = System.nanoTime();
                if (!answered) {
                    answered = true;
                    observer.answers(child.pid(), port);
                }
            } else if (System.nanoTime() - lastAnswer > HANGS.toNanos()) {
                LOG.warn("upstream={} does not answer, so it is ended", name);
                Termination.kill(child);
                return;
            }
        }
    }

    private static boolean isDoneWithin(CompletableFuture<?> over, Duration time) throws InterruptedException {
        try {
            over.get(time.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
