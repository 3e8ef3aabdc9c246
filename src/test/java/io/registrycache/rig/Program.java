package io.registrycache.rig;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.TerminalFailureException;

/** A program that runs in a process of its own, and writes its output into a file. */
public final class Program implements AutoCloseable {

    private static final Duration PATIENCE_AT_CLOSE = Duration.ofSeconds(10);
    private static final int TAIL = 4000;

    private final Process process;
    private final String name;
    private final Path log;

    private Program(Process process, String name, Path log) {
        this.process = process;
        this.name = name;
        this.log = log;
    }

    /**
     * Starts a program.
     *
     * @param environment all of its environment; nothing is inherited
     * @param log the file that its output is appended to
     */
    public static Program start(List<String> command, Map<String, String> environment, Path log) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            return new Program(builder.start(), command.get(0), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the program is ready for use, and fails with its output if it ends or does not get ready in time. */
    public void awaitReady(Duration atMost, Callable<Boolean> ready) {
        try {
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(25))
                    .atMost(atMost)
                    .failFast(name + " ended", () -> !isAlive())
                    .until(ready);
        } catch (ConditionTimeoutException | TerminalFailureException e) {
            throw new IllegalStateException(name + " does not get ready; its output ends with:\n" + tail(), e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Sends a signal: {@code TERM}, {@code KILL}, {@code STOP} or {@code CONT}. */
    public void signal(String signal) {
        if (!isAlive()) {
            // Its pid may belong to another process by now.
            throw new IllegalStateException(name + " has ended; no SIG" + signal + " for it");
        }
        // The shell has a kill of its own; a program of that name is not on every machine.
        Command.of("sh", "-c", "kill -s " + signal + " " + pid()).run();
    }

    /** Waits for the end, and returns the exit code. */
    public int waitFor(Duration atMost) {
        try {
            // Not process.waitFor: an interrupted test must still be able to end the programs that it started.
            return process.onExit()
                    .orTimeout(atMost.toMillis(), TimeUnit.MILLISECONDS)
                    .join()
                    .exitValue();
        } catch (CompletionException e) {
            throw new IllegalStateException(
                    name + " still runs after " + atMost.toSeconds() + " s; its output ends with:\n" + tail(), e);
        }
    }

    /** All that it has printed so far. */
    public String output() {
        try {
            return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The last that it has printed. */
    public String tail() {
        String output = output();
        return output.substring(Math.max(0, output.length() - TAIL));
    }

    /** Resident memory in bytes. */
    public long rssBytes() throws IOException {
        return figures().rssBytes();
    }

    /** How many file descriptors are open, sockets included. */
    public long openFiles() throws IOException {
        return figures().openFiles();
    }

    /** Seconds of processor time used so far, without the children's. */
    public double cpuSeconds() {
        return figures().cpuSeconds();
    }

    /** The pids of the processes that it has started itself and that still run. */
    public List<Long> children() {
        return process.children().map(ProcessHandle::pid).toList();
    }

    private ProcessFigures figures() {
        return new ProcessFigures(pid());
    }

    /** Ends the program, with SIGTERM at first, and its descendants. */
    @Override
    public void close() {
        // Asked now: a process whose parent has ended is not a descendant any more.
        List<ProcessHandle> descendants = process.descendants().toList();
        if (isAlive()) {
            end();
        }
        descendants.forEach(ProcessHandle::destroyForcibly);
    }

    private void end() {
        try {
            process.destroy();
            signal("CONT");
            waitFor(PATIENCE_AT_CLOSE);
        } catch (IllegalStateException e) {
            process.destroyForcibly();
            waitFor(PATIENCE_AT_CLOSE);
        }
    }
}
