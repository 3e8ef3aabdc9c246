package io.registrycache.process;

import io.registrycache.process.ChildState.Order;
import io.registrycache.process.ChildState.Step;
import io.registrycache.process.Starting.Launching;
import io.registrycache.process.Stopped.Off;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.camel.component.exec.ExecCommand;
import org.apache.camel.component.exec.ExecCommandExecutor;
import org.apache.camel.component.exec.ExecResult;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One child registry program, launched again and again while it shall run, and watched while it runs: lets the events
 * of its route, its settings and its process change its {@link ChildState}, and follows the orders.
 */
public final class ChildRegistry implements ExecCommandExecutor {

    private static final Logger LOG = LoggerFactory.getLogger(ChildRegistry.class);

    /** Is told each change of the child. */
    interface Observer {
        /** A launch begins: makes the storage ready, on the thread that will watch the program. */
        void launching();

        /** The state is another one; runs under the monitor, so that the order is that of the events. */
        void became(ChildState before, ChildState next);
    }

    private final String name;
    private final RunFolder folder;
    private final ChildLauncher launcher;
    private final Supplier<Collection<String>> secrets;
    private final Observer observer;

    /** Written under the monitor, and read without, as event loops do that must not wait for a launch. */
    private volatile ChildState state = new Off();

    /** Programs that were let go, and still answer earlier requests. */
    private final Set<Process> replaced = ConcurrentHashMap.newKeySet();
    /** But for those of programs that were replaced. */
    private volatile int launches;

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

    ChildState state() {
        return state;
    }

    /** How often the child was launched again because the one before had ended. */
    int restarts() {
        return Math.max(0, launches - 1);
    }

    /** Whether children run that were replaced. */
    boolean hasReplaced() {
        return !replaced.isEmpty();
    }

    /** The configuration file, written before each launch. */
    public Path file() {
        return folder.path().resolve(name + ".json");
    }

    // From the upstream's route.

    /** From now on the child shall run. */
    synchronized void start() {
        become(state.start(Moment.now()));
    }

    /** Ends the child; from now on it shall not run. */
    void stop() {
        Termination.end(stopped(ChildState::stop));
    }

    /** Ends the child for good. */
    void close() {
        Termination.end(stopped(ChildState::close));
        file().toFile().delete();
    }

    private interface End {
        Step of(ChildState state);
    }

    /** Returns the programs to end, outside of the monitor. */
    private synchronized List<Process> stopped(End end) {
        Step step = become(end.of(state));
        List<Process> running = new ArrayList<>(replaced);
        step.run().map(ChildRun::process).ifPresent(running::add);
        return running;
    }

    /**
     * Launches another child with other settings; the one that runs goes on.
     *
     * @return ends the one that runs, if one does
     */
    synchronized Runnable replace() {
        Step step = become(state.replace(Moment.now()));
        if (step.order() != Order.LET_GO) {
            return () -> {};
        }
        ChildRun run = step.run().orElseThrow();
        launches--;
        replaced.add(run.process());
        run.process().onExit().thenAccept(this::forget);
        run.letGo();
        return () -> Termination.end(List.of(run.process()));
    }

    private void forget(Process over) {
        replaced.remove(over);
        folder.forget(over);
    }

    // From the route that launches it.

    /** Waits until the child may be launched. */
    public synchronized void awaitLaunch() throws InterruptedException {
        while (true) {
            var nanos = state.nanosToLaunch(Moment.now());
            if (nanos.isEmpty()) {
                wait();
            } else if (TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong()) > 0) {
                wait(TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong()));
            } else {
                return;
            }
        }
    }

    /** Launches the child and returns when it has ended or was replaced. */
    @Override
    public ExecResult execute(ExecCommand command) {
        if (begin()) {
            ChildEnd end = ChildEnd.because("");
            ChildRun run = null;
            try {
                observer.launching();
                run = launch(command, Loopback.freePort());
                end = run == null ? end : run.watch(secrets.get(), this::answers);
            } catch (IOException e) {
                end = ChildEnd.because(String.valueOf(e.getMessage()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                end = ChildEnd.because("its route was stopped");
            } catch (RuntimeException e) {
                LOG.error("upstream={} its child could not be watched", name, e);
                end = ChildEnd.because(e.toString());
            } finally {
                over(run, end);
            }
        }
        return new ExecResult(command, null, null, 0);
    }

    /** Returns whether there is something to launch. */
    private synchronized boolean begin() {
        ChildState before = state;
        become(before.launching(Moment.now()));
        return state != before;
    }

    /** Returns the program, or nothing if none shall run any more. */
    private synchronized @Nullable ChildRun launch(ExecCommand command, int port) throws IOException {
        if (!(state instanceof Launching)) {
            return null;
        }
        ChildRun run = new ChildRun(name, launcher.start(command, port), port);
        launches++;
        become(state.launched(run));
        return run;
    }

    private synchronized void answers() {
        become(state.answers(Moment.now()));
    }

    /** However it ended: no child may run that is neither watched nor replaced. */
    private void over(@Nullable ChildRun run, ChildEnd end) {
        if (run != null && !run.isLetGo()) {
            Termination.kill(run.process());
            folder.forget(run.process());
        }
        synchronized (this) {
            become(state.ended(end, BackOff::after, Moment.now()));
        }
    }

    private synchronized Step become(Step step) {
        ChildState before = state;
        if (step.next() != before) {
            state = step.next();
            observer.became(before, state);
            notifyAll();
        }
        return step;
    }
}
