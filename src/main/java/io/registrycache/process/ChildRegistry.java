package io.registrycache.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.camel.component.exec.ExecCommand;
import org.apache.camel.component.exec.ExecCommandExecutor;
import org.apache.camel.component.exec.ExecResult;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One child registry program, launched over and over while it is wanted, and watched while it runs. */
public final class ChildRegistry implements ExecCommandExecutor {

    private static final Logger LOG = LoggerFactory.getLogger(ChildRegistry.class);

    /** Is told what becomes of the child, each time on the thread that watches it. */
    interface Observer {
        void launching();

        void answers(long pid, int port);

        /** It ended; it is launched again when the time has come. */
        void ended(ChildState.BackingOff next);
    }

    private final String name;
    private final RunFolder folder;
    private final ChildLauncher launcher;
    private final Supplier<Collection<String>> secrets;
    private final Observer observer;

    private @Nullable Process process;
    /** Those that were replaced, and still answer what was asked of them. */
    private final Set<Process> replaced = ConcurrentHashMap.newKeySet();
    /** Completed when the process that runs is replaced. */
    private CompletableFuture<Void> replacement = new CompletableFuture<>();

    /** Whether a launch is under way, or its child runs. */
    private boolean busy;

    private boolean wanted;
    private boolean closed;
    private int failures;
    /** How often the child was stopped on purpose. */
    private int stops;
    /** How often it was before the last launch: what comes of a launch before a stop is of no interest any more. */
    private int stopsAtLaunch;
    /** On the clock that cannot be set. */
    private long nextLaunch = System.nanoTime();

    // Read by event loops, which must not wait for a launch.
    private volatile int launches;
    private volatile int replacements;
    /** The pid of the child that runs, and was neither stopped nor replaced, or 0. */
    private volatile long running;

    ChildRegistry(
            String name,
            RunFolder folder,
            ChildLauncher.Settings settings,
            Supplier<Collection<String>> secrets,
            Observer observer) {
        this.name = name;
        this.folder = folder;
        this.launcher = new ChildLauncher(folder, settings, file());
        this.secrets = secrets;
        this.observer = observer;
    }

    /** The upstream's name. */
    public String name() {
        return name;
    }

    /** How often the child was launched again because the one before had ended. */
    int restarts() {
        return Math.max(0, launches - replacements - 1);
    }

    /** Whether the child with this pid runs, and was neither stopped nor replaced. */
    boolean isRunning(long pid) {
        return running == pid;
    }

    /** The configuration file, written before each launch. */
    public Path file() {
        return folder.path().resolve(name + ".json");
    }

    /** Waits until the child is wanted and may be launched. */
    public synchronized void awaitLaunch() throws InterruptedException {
        while (!closed) {
            boolean mayBe = wanted && !busy;
            long millis = mayBe ? (nextLaunch - System.nanoTime()) / 1_000_000 : 0;
            if (mayBe && millis <= 0) {
                return;
            }
            wait(Math.max(millis, 0));
        }
    }

    /** Launches the child and returns when it has ended. */
    @Override
    public ExecResult execute(ExecCommand command) {
        if (begin()) {
            ChildRun run = new ChildRun(name, secrets.get(), observer);
            Process started = null;
            try {
                observer.launching();
                int port = Loopback.freePort();
                started = launch(command, port);
                if (started != null) {
                    run.toItsEnd(started, port, replacement());
                }
            } catch (IOException e) {
                run.failed(String.valueOf(e.getMessage()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                run.failed("its route was stopped");
            } catch (RuntimeException e) {
                LOG.error("upstream={} its child could not be watched", name, e);
                run.failed(e.toString());
            } finally {
                over(run, started);
            }
        }
        return new ExecResult(command, null, null, 0);
    }

    private synchronized boolean begin() {
        if (!wanted || closed || busy) {
            return false;
        }
        busy = true;
        stopsAtLaunch = stops;
        return true;
    }

    /** From now on the child shall run. */
    synchronized void start() {
        if (!wanted && !closed) {
            wanted = true;
            failures = 0;
            nextLaunch = System.nanoTime();
            notifyAll();
        }
    }

    /**
     * Launches another child with other settings; the one that runs goes on.
     *
     * @return ends the one that runs, if one does
     */
    synchronized Runnable replace() {
        Process current = process;
        failures = 0;
        nextLaunch = System.nanoTime();
        if (current == null) {
            notifyAll();
            return () -> {};
        }
        process = null;
        running = 0;
        replacements++;
        replaced.add(current);
        current.onExit().thenAccept(this::forget);
        replacement.complete(null);
        notifyAll();
        return () -> Termination.end(List.of(current));
    }

    private synchronized CompletableFuture<Void> replacement() {
        return replacement;
    }

    /** Whether children run that were replaced. */
    boolean hasReplaced() {
        return !replaced.isEmpty();
    }

    private synchronized void forget(Process over) {
        replaced.remove(over);
        folder.forget(over);
    }

    /** From now on the child shall not run; returns those that do. */
    synchronized List<Process> unwant() {
        wanted = false;
        stops++;
        running = 0;
        List<Process> all = new ArrayList<>(replaced);
        Optional.ofNullable(process).ifPresent(all::add);
        notifyAll();
        return all;
    }

    /** Ends the child; from now on it shall not run. */
    void stop() {
        Termination.end(unwant());
    }

    /** Ends the child for good. */
    void close() {
        synchronized (this) {
            closed = true;
        }
        stop();
        file().toFile().delete();
    }

    private synchronized @Nullable Process launch(ExecCommand command, int port) throws IOException {
        if (!wanted || closed) {
            return null;
        }
        Process started = launcher.start(command, port);
        process = started;
        replacement = new CompletableFuture<>();
        running = started.pid();
        stopsAtLaunch = stops;
        launches++;
        return started;
    }

    /** However it ended: no child may run that is not watched. */
    private void over(ChildRun run, @Nullable Process started) {
        if (started != null && isReplaced(started)) {
            free();
            return;
        }
        if (started != null) {
            Termination.kill(started);
            folder.forget(started);
        }
        ended(run);
    }

    private synchronized boolean isReplaced(Process started) {
        return process != started;
    }

    private synchronized void free() {
        busy = false;
        notifyAll();
    }

    private void ended(ChildRun run) {
        ChildState.BackingOff next;
        synchronized (this) {
            process = null;
            running = 0;
            free();
            if (!wanted || closed || stops != stopsAtLaunch) {
                return;
            }
            failures = run.wasHealthy() ? 1 : failures + 1;
            Duration pause = BackOff.after(failures);
            nextLaunch = System.nanoTime() + pause.toNanos();
            next = new ChildState.BackingOff(failures, Instant.now().plus(pause), run.why(), run.isOfStorage());
        }
        observer.ended(next);
    }
}
