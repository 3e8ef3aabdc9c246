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

/** A program that was launched, and is watched until it has ended or is let go. */
final class ChildRun {

    private static final Logger LOG = LoggerFactory.getLogger(ChildRun.class);
    private static final Duration POLL_WHILE_STARTING = Duration.ofMillis(50);
    private static final Duration POLL = Duration.ofSeconds(2);
    /** A child that gives no answer for so long hangs. */
    private static final Duration HANGS = Duration.ofSeconds(10);

    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final String name;
    private final Process process;
    private final int port;
    private final CompletableFuture<Void> letGo = new CompletableFuture<>();

    /**
     * A program that nothing watches yet.
     *
     * @param port where it is to answer
     */
    ChildRun(String name, Process process, int port) {
        this.name = name;
        this.process = process;
        this.port = port;
    }

    long pid() {
        return process.pid();
    }

    Process process() {
        return process;
    }

    int port() {
        return port;
    }

    /** It goes on and is not watched any more. */
    void letGo() {
        letGo.complete(null);
    }

    boolean isLetGo() {
        return letGo.isDone();
    }

    /**
     * Returns when it has ended, or is let go.
     *
     * @param secrets texts that must not reach the log
     * @param answers runs when it answers for the first time
     */
    ChildEnd watch(Collection<String> secrets, Runnable answers) throws InterruptedException {
        ChildOutput output = new ChildOutput(name, secrets);
        Thread pump = new Thread(() -> output.pump(process.getInputStream()), "output-" + name);
        pump.setDaemon(true);
        pump.start();
        CompletableFuture<?> over = CompletableFuture.anyOf(process.onExit(), letGo);
        if (awaitAnswer(over)) {
            answers.run();
            awaitSilence(over);
        }
        if (isLetGo()) {
            return ChildEnd.because("");
        }
        Termination.end(List.of(process));
        // It may have ended before all was read that it said of that.
        pump.join(LAST_WORDS.toMillis());
        LastWords words = output.lastWords();
        String why = end(process.exitValue());
        return new ChildEnd(
                why + (words.reason().isEmpty() ? ", without a reason" : ": " + words.reason()), words.isOfStorage());
    }

    /** The JVM says 128 + n when signal n ended a process. */
    private static String end(int exitValue) {
        return exitValue > 128 ? "it was ended by signal " + (exitValue - 128) : "it ended with exit code " + exitValue;
    }

    /** Returns whether it answers, as soon as it does, is over or hangs. */
    private boolean awaitAnswer(CompletableFuture<?> over) throws InterruptedException {
        long begin = System.nanoTime();
        while (!isDoneWithin(over, POLL_WHILE_STARTING)) {
            if (Loopback.answers(port, POLL_WHILE_STARTING.multipliedBy(4))) {
                return true;
            } else if (isHangingSince(begin)) {
                return false;
            }
        }
        return false;
    }

    /** Returns when it is over or hangs. */
    private void awaitSilence(CompletableFuture<?> over) throws InterruptedException {
        long lastAnswer = System.nanoTime();
        while (!isDoneWithin(over, POLL)) {
            if (Loopback.answers(port, HANGS)) {
                lastAnswer = System.nanoTime();
            } else if (isHangingSince(lastAnswer)) {
                return;
            }
        }
    }

    private boolean isHangingSince(long lastAnswer) {
        boolean isHanging = System.nanoTime() - lastAnswer > HANGS.toNanos();
        if (isHanging) {
            LOG.warn("upstream={} does not answer, so it is ended", name);
            Termination.kill(process);
        }
        return isHanging;
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
