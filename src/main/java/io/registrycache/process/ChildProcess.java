package io.registrycache.process;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Ends the process of a child, by its handle: the process's own method closes its output, so that what it still says is
 * lost, or kills it.
 */
final class ChildProcess {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private ChildProcess() {}

    /** Asks it to end, waits for a while, and kills it. */
    static void end(Process running) {
        terminate(running);
        try {
            if (!running.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                kill(running);
                running.waitFor();
            }
        } catch (InterruptedException e) {
            kill(running);
            Thread.currentThread().interrupt();
        }
    }

    static void terminate(Process running) {
        running.toHandle().destroy();
    }

    static void kill(Process running) {
        running.toHandle().destroyForcibly();
    }

    /** The JVM says 128 + n when signal n ended a process. */
    static String exit(int exitValue) {
        return exitValue > 128 ? "it was ended by signal " + (exitValue - 128) : "it ended with exit code " + exitValue;
    }
}
