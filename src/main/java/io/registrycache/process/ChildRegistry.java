package io.registrycache.process;

import io.registrycache.config.Upstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.camel.component.exec.ExecCommand;
import org.apache.camel.component.exec.ExecCommandExecutor;
import org.apache.camel.component.exec.ExecResult;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The child registry of one upstream, from launch to end, over and over while it is wanted. */
public final class ChildRegistry implements ExecCommandExecutor {

    private static final Logger LOG = LoggerFactory.getLogger(ChildRegistry.class);
    private static final Duration POLL_WHILE_STARTING = Duration.ofMillis(50);
    private static final Duration POLL = Duration.ofSeconds(3);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final Duration FIRST_BACK_OFF = Duration.ofMillis(500);
    private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(30);
    private static final Duration HEALTHY = Duration.ofMinutes(1);
    private static final Duration TERMINATION = Duration.ofSeconds(5);

    private final Upstream upstream;
    private final Map<String, String> inherited;
    private final Path folder;
    private final Path file;

    private volatile ChildState state = new ChildState.Stopped();
    private volatile CompletableFuture<Integer> port = new CompletableFuture<>();
    private volatile boolean wanted = true;
    private @Nullable Process process;
    private int failures;

    /**
     * A child that does not run yet.
     *
     * @param folder where the child's configuration file goes
     */
    public ChildRegistry(Upstream upstream, Map<String, String> inherited, Path folder) {
        this.upstream = upstream;
        this.inherited = Map.copyOf(inherited);
        this.folder = folder;
        this.file = folder.resolve(upstream.name() + ".json");
    }

    public Upstream upstream() {
        return upstream;
    }

    public ChildState state() {
        return state;
    }

    /** The configuration file, an argument of the launch. */
    public Path file() {
        return file;
    }

    /** The port on which the child answers; not complete before it does. */
    CompletableFuture<Integer> port() {
        return port;
    }

    /** The port on which the child answers now, if it does. */
    public OptionalInt portNow() {
        Integer now = port.getNow(null);
        return now == null ? OptionalInt.empty() : OptionalInt.of(now);
    }

    /** Launches the child and returns when it has ended, by itself or because it did not answer. */
    @Override
    public ExecResult execute(ExecCommand command) {
        if (!wanted) {
            return new ExecResult(command, null, null, 0);
        }
        ChildOutput output = new ChildOutput(upstream.name(), ChildSettings.secrets(upstream, inherited));
        Instant launched = Instant.now();
        String why;
        int exit = -1;
        try {
            int free = freePort();
            Process started = launch(command, free);
            Thread pump = new Thread(() -> output.pump(started.getInputStream()), "output-" + upstream.name());
            pump.setDaemon(true);
            pump.start();
            watch(started, free);
            end(started);
            exit = started.exitValue();
            pump.join(TERMINATION.toMillis());
            why = "exit " + exit + ": " + output.lastLines();
        } catch (IOException e) {
            why = String.valueOf(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            why = "interrupted";
        }
        ended(launched, why);
        return new ExecResult(command, null, null, exit);
    }

    /** Waits until the child may be launched again. */
    public synchronized void awaitNextLaunch() throws InterruptedException {
        while (wanted && state instanceof ChildState.BackingOff backingOff) {
            long millis = Duration.between(Instant.now(), backingOff.until()).toMillis();
            if (millis <= 0) {
                return;
            }
            wait(millis);
        }
    }

    /** Lets the child run. */
    public synchronized void start() {
        wanted = true;
        failures = 0;
    }

    /** Ends the child, and does not launch it again. */
    public void stop() {
        Process running;
        synchronized (this) {
            wanted = false;
            running = process;
            notifyAll();
        }
        if (running != null) {
            end(running);
        }
        become(new ChildState.Stopped());
    }

    private synchronized Process launch(ExecCommand command, int free) throws IOException {
        ChildSettings settings = ChildSettings.of(upstream, inherited, free);
        write(settings);
        if (!wanted) {
            throw new IOException("stopped");
        }
        become(new ChildState.Starting(Instant.now()));
        ProcessBuilder builder = new ProcessBuilder(command.getExecutable());
        builder.command().addAll(command.getArgs());
        builder.directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(settings.environment());
        process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    private void watch(Process started, int free) throws InterruptedException {
        Instant lastAnswer = Instant.now();
        boolean answered = false;
        while (!started.waitFor((answered ? POLL : POLL_WHILE_STARTING).toMillis(), TimeUnit.MILLISECONDS)) {
            if (Loopback.answers(free, ANSWER)) {
                lastAnswer = Instant.now();
                if (!answered) {
                    answered = true;
                    answers(started, free);
                }
            } else if (answered && started.isAlive() && lastAnswer.plus(ANSWER).isBefore(Instant.now())) {
                LOG.warn("upstream={} does not answer any more; it is ended and launched again", upstream.name());
                return;
            }
        }
    }

    private synchronized void answers(Process started, int free) {
        if (wanted) {
            become(new ChildState.PullThrough(started.pid(), free, Instant.now()));
            port.complete(free);
        }
    }

    private synchronized void ended(Instant launched, String why) {
        process = null;
        if (port.isDone()) {
            port = new CompletableFuture<>();
        }
        if (!wanted) {
            become(new ChildState.Stopped());
            return;
        }
        failures = launched.plus(HEALTHY).isBefore(Instant.now()) ? 1 : failures + 1;
        become(new ChildState.BackingOff(failures, Instant.now().plus(backOff(failures)), why));
    }

    private synchronized void become(ChildState next) {
        if (!state.equals(next)) {
            state = next;
            LOG.info("upstream={} state={}", upstream.name(), next);
        }
    }

    private void write(ChildSettings settings) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, settings.file().toPrettyString());
    }

    private static void end(Process running) {
        running.destroy();
        try {
            if (!running.waitFor(TERMINATION.toMillis(), TimeUnit.MILLISECONDS)) {
                running.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            running.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static Duration backOff(int failures) {
        long longest = Math.min(LONGEST_BACK_OFF.toMillis(), FIRST_BACK_OFF.toMillis() << Math.min(failures - 1, 16));
        // Children that failed together shall not try together.
        return Duration.ofMillis(longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2 + 1));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
