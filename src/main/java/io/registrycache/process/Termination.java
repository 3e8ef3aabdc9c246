package io.registrycache.process;

import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.TimeUnit;

/** How a child is ended: asked first, and killed if it does not comply. */
final class Termination {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private Termination() {}

    /** Ends all of them at the same time. */
    static void end(Collection<Process> running) {
        // By their handles: a process's own method closes its output, so that its last lines are lost.
        running.forEach(each -> each.toHandle().destroy());
        running.forEach(Termination::await);
    }

    private static void await(Process ending) {
        try {
            if (!ending.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                kill(ending);
                ending.waitFor();
            }
        } catch (InterruptedException e) {
            kill(ending);
            Thread.currentThread().interrupt();
        }
    }

    /** By its handle, for the reason above. */
    static void kill(Process running) {
        running.toHandle().destroyForcibly();
    }
}
