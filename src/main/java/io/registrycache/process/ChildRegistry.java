package io.registrycache.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
    private static final Duration POLL_WHILE_STARTING = Duration.ofMillis(50);
    private static final Duration POLL = Duration.ofSeconds(2);
    /** A child that gives no answer for so long hangs. */
    private static final Duration HANGS = Duration.ofSeconds(10);

    private static final Duration HEALTHY = Duration.ofMinutes(1);
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    /** Makes the settings of each launch. */
    interface Settings {
        ChildSettings on(int port);
    }

    /** Is told what becomes of the child, each time on the thread that watches it. */
    interface Observer {
        void launching();

        void answers(long pid, int port);

        /** It ended; it is launched again when the time has come. */
        void ended(ChildState.BackingOff next);
    }

    private final String name;
    private final RunFolder folder;
    private final Settings settings;
    private final Supplier<Collection<String>> secrets;
    private final Observer observer;

    private @Nullable Process process;
    /** Those that were replaced, and still answer what was asked of them. */
    private final Set<Process> replaced = new HashSet<>();
    /** Completed when the process that runs is replaced. */
    private CompletableFuture<Void> replacement = new CompletableFuture<>();

    private boolean wanted;
    private boolean closed;
    private int failures;
    private int launches;
    private int replacements;
    private Instant nextLaunch = Instant.EPOCH;

    ChildRegistry(
            String name, RunFolder folder, Settings settings, Supplier<Collection<String>> secrets, Observer observer) {
        this.name = name;
        this.folder = folder;
        this.settings = settings;
        this.secrets = secrets;
        this.observer = observer;
    }

    /** The upstream's name. */
    public String name() {
        return name;
    }

    /** How often the child was launched again because the one before had ended. */
    synchronized int restarts() {
        return Math.max(0, launches - replacements - 1);
    }

    /** The configuration file, written before each launch. */
    public Path file() {
        return folder.path().resolve(name + ".json");
    }

    /** Waits until the child is wanted and may be launched. */
    public synchronized void awaitLaunch() throws InterruptedException {
        while (!closed) {
            long millis = wanted ? Duration.between(Instant.now(), nextLaunch).toMillis() : 0;
            if (wanted && millis <= 0) {
                return;
            }
            wait(Math.max(millis, 0));
        }
    }

    /** Launches the child and returns when it has ended. */
    @Override
    public ExecResult execute(ExecCommand command) {
        ChildOutput output = new ChildOutput(name, secrets.get());
        Instant launched = Instant.now();
        boolean answered = false;
        String why = "";
        boolean isOfStorage = false;
        try {
            observer.launching();
            int port = Loopback.freePort();
            Process started = launch(command, port);
            if (started != null) {
                Thread pump = pump(output, started);
                answered = watch(started, port);
                if (isReplaced(started)) {
                    return new ExecResult(command, null, null, 0);
                }
                ChildProcess.end(started);
                folder.forget(started);
                // It may have ended before all was read that it said of that.
                pump.join(LAST_WORDS.toMillis());
                LastWords words = output.lastWords();
                isOfStorage = words.isOfStorage();
                why = ChildProcess.exit(started.exitValue())
                        + (words.reason().isEmpty() ? ", without a reason" : ": " + words.reason());
            }
        } catch (IOException e) {
            why = String.valueOf(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ended(launched, answered, why, isOfStorage);
        return new ExecResult(command, null, null, 0);
    }

    /** From now on the child shall run. */
    synchronized void start() {
        if (!wanted && !closed) {
            wanted = true;
            failures = 0;
            nextLaunch = Instant.EPOCH;
            notifyAll();
        }
    }

    /**
     * Launches another child with other settings; the one that runs goes on.
     *
     * @return ends the one that runs, if one does
     */
    synchronized Runnable replace() {
        Process running = process;
        failures = 0;
        nextLaunch = Instant.EPOCH;
        if (running == null) {
            notifyAll();
            return () -> {};
        }
        process = null;
        replacements++;
        replaced.add(running);
        running.onExit().thenAccept(this::forget);
        replacement.complete(null);
        notifyAll();
        return () -> ChildProcess.end(running);
    }

    /** Whether children run that were replaced. */
    synchronized boolean hasReplaced() {
        return !replaced.isEmpty();
    }

    private synchronized boolean isReplaced(Process running) {
        return process != running;
    }

    private synchronized void forget(Process over) {
        replaced.remove(over);
        folder.forget(over);
    }

    /** Ends the child; from now on it shall not run. */
    void stop() {
        List<Process> running;
        synchronized (this) {
            wanted = false;
            running = new ArrayList<>(replaced);
            if (process != null) {
                running.add(process);
            }
            notifyAll();
        }
        running.forEach(ChildProcess::terminate);
        running.forEach(ChildProcess::end);
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
        ChildSettings told = settings.on(port);
        write(told);
        ProcessBuilder builder = new ProcessBuilder(command.getExecutable());
        builder.command().addAll(command.getArgs());
        builder.directory(folder.path().toFile()).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(told.environment());
        Process started = builder.start();
        try {
            folder.remember(started, file());
            started.getOutputStream().close();
            process = started;
            replacement = new CompletableFuture<>();
        } finally {
            if (process != started) {
                ChildProcess.kill(started);
            }
        }
        launches++;
        return started;
    }

    private Thread pump(ChildOutput output, Process started) {
        Thread pump = new Thread(() -> output.pump(started.getInputStream()), "output-" + name);
        pump.setDaemon(true);
        pump.start();
        return pump;
    }

    /** Returns whether it ever answered, when it has ended, hangs or is replaced. */
    private boolean watch(Process started, int port) throws InterruptedException {
        CompletableFuture<?> over = CompletableFuture.anyOf(started.onExit(), replacement());
        Instant lastAnswer = Instant.now();
        boolean answered = false;
        while (!isDoneWithin(over, answered ? POLL : POLL_WHILE_STARTING)) {
            if (Loopback.answers(port, answered ? HANGS : POLL_WHILE_STARTING.multipliedBy(4))) {
                lastAnswer = Instant.now();
                if (!answered && !isReplaced(started)) {
                    answered = true;
                    observer.answers(started.pid(), port);
                }
            } else if (lastAnswer.plus(HANGS).isBefore(Instant.now())) {
                LOG.warn("upstream={} does not answer, so it is ended", name);
                ChildProcess.kill(started);
                return answered;
            }
        }
        return answered;
    }

    private synchronized CompletableFuture<Void> replacement() {
        return replacement;
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

    private void ended(Instant launched, boolean answered, String why, boolean isOfStorage) {
        ChildState.BackingOff next;
        synchronized (this) {
            process = null;
            if (!wanted || closed) {
                return;
            }
            failures = answered && launched.plus(HEALTHY).isBefore(Instant.now()) ? 1 : failures + 1;
            nextLaunch = Instant.now().plus(BackOff.after(failures));
            next = new ChildState.BackingOff(failures, nextLaunch, why, isOfStorage);
        }
        observer.ended(next);
    }

    private void write(ChildSettings told) throws IOException {
        Files.deleteIfExists(file());
        Files.createFile(file(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file(), told.file().toPrettyString());
    }
}
