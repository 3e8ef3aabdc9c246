package io.registrycache.process;

import io.registrycache.config.Upstream;
import io.registrycache.upstream.UpstreamClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The children of one upstream: the one that pulls through, and, only while the upstream cannot be reached or does not
 * answer, one without upstream that serves what is cached.
 */
public final class UpstreamChildren {

    private static final Logger LOG = LoggerFactory.getLogger(UpstreamChildren.class);
    private static final Duration PROBE = Duration.ofSeconds(1);
    private static final Duration IDLE = Duration.ofSeconds(15);

    /**
     * Where requests go.
     *
     * @param offline whether whoever serves there knows only what is cached
     */
    public record Server(int port, boolean offline) {}

    private final Upstream upstream;
    private final UpstreamLaunches launches;
    private final UpstreamClient client;
    private final ScheduledExecutorService scheduler;
    private final ChildRegistry through;
    private final ChildRegistry offline;
    private final OfflineLookup offlineLookup;

    private ChildState state = new ChildState.Stopped();
    private CompletableFuture<Server> server = new CompletableFuture<>();
    private Optional<ChildState.PullThrough> throughAnswers = Optional.empty();
    private int throughPort;
    private Optional<Integer> offlinePort = Optional.empty();
    private String trouble = "";

    /** Children that do not run yet. */
    public UpstreamChildren(
            Upstream upstream,
            Map<String, String> inherited,
            RunFolder folder,
            UpstreamClient client,
            ScheduledExecutorService scheduler) {
        this.upstream = upstream;
        this.client = client;
        this.scheduler = scheduler;
        this.launches = new UpstreamLaunches(upstream, inherited, client, folder.isAfterCrash());
        this.offlineLookup = new OfflineLookup(this::offlinePort, scheduler);
        Collection<String> secrets = ChildSettings.secrets(upstream, inherited);
        this.through =
                new ChildRegistry(upstream.name(), folder, launches::pullThrough, secrets, new ThroughObserver());
        this.offline = new ChildRegistry(
                upstream.name() + "-OFFLINE", folder, launches::offline, secrets, new OfflineObserver());
    }

    public Upstream upstream() {
        return upstream;
    }

    public List<ChildRegistry> programs() {
        return List.of(through, offline);
    }

    /** How often the child that pulls through was launched again. */
    public int restarts() {
        return Math.max(0, through.launches() - 1);
    }

    public synchronized ChildState state() {
        return state;
    }

    /** Who serves the upstream's requests; not complete while nobody does, and failed when the storage turns out to be down. */
    public synchronized CompletableFuture<Server> server() {
        return server;
    }

    /** Whether the child cannot start, and says that its storage is to blame. */
    boolean isStorageDown() {
        return state() instanceof ChildState.BackingOff backingOff && backingOff.isOfStorage();
    }

    /** Whether nobody can ask the upstream at the moment. */
    public boolean isOffline() {
        return state() instanceof ChildState.Offline;
    }

    /** Whether what is stored may be served without a child. */
    public boolean isChecked() {
        return launches.isChecked();
    }

    /** The upstream's folder, when its storage is the file system. */
    public Optional<Path> folder() {
        return launches.folder();
    }

    void start() {
        become(new ChildState.Starting(Instant.now()));
        through.start();
    }

    void stop() {
        become(new ChildState.Stopped());
        through.stop();
        offline.stop();
        synchronized (this) {
            throughAnswers = Optional.empty();
            offlinePort = Optional.empty();
        }
    }

    void close() {
        become(new ChildState.Stopped());
        through.close();
        offline.close();
    }

    /**
     * A request has waited long for the child, whose own client waits for its upstream for ever. When the answer is
     * cached, whoever asked gets it from the offline child, and so does everybody until the upstream answers again.
     *
     * @param path what was asked for, as the upstream has it
     * @param giveUp ends the waiting, so that the request is sent again
     */
    public void hangs(String path, Runnable giveUp) {
        offline.start();
        offlineLookup.find(path, found -> {
            if (found) {
                goOffline("does not answer");
                giveUp.run();
            } else {
                var unused = scheduler.schedule(this::retireIdle, IDLE.toSeconds(), TimeUnit.SECONDS);
            }
        });
    }

    private synchronized Optional<Integer> offlinePort() {
        return offlinePort;
    }

    /** Ends the offline child when it turned out not to be needed. */
    private synchronized void retireIdle() {
        if (state instanceof ChildState.PullThrough && offlinePort.isPresent()) {
            offline.retire();
            offlinePort = Optional.empty();
        }
    }

    private synchronized void goOffline(String why) {
        if (state instanceof ChildState.PullThrough) {
            trouble = why;
            become(new ChildState.Offline(Instant.now(), why));
            probe(1);
        }
    }

    /** Asks until the upstream answers, and the child does too, and then goes back to pulling through. */
    private void probe(int attempt) {
        var unused = scheduler.schedule(
                () -> client.isReachable().thenAcceptAsync(reachable -> {
                    if (reachable && Loopback.answers(throughPort(), PROBE)) {
                        goOnline();
                    } else if (state() instanceof ChildState.Offline) {
                        probe(attempt + 1);
                    }
                }),
                BackOff.after(attempt).toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private synchronized int throughPort() {
        return throughPort;
    }

    private synchronized void goOnline() {
        if (state instanceof ChildState.Offline && throughAnswers.isPresent()) {
            become(new ChildState.PullThrough(throughAnswers.get().pid(), Instant.now()));
            offline.retire();
            offlinePort = Optional.empty();
        }
    }

    private synchronized void become(ChildState next) {
        if (state.equals(next)) {
            return;
        }
        state = next;
        LOG.info("upstream={} state={}", upstream.name(), next);
        if (next instanceof ChildState.PullThrough) {
            serve(new Server(throughPort, false));
        } else if (next instanceof ChildState.Offline && offlinePort.isPresent()) {
            serve(new Server(offlinePort.get(), true));
        } else {
            if (isStorageDown()) {
                // Whoever waits would wait in vain.
                server.completeExceptionally(new IOException("the storage does not work"));
            }
            if (server.isDone()) {
                server = new CompletableFuture<>();
            }
        }
    }

    private void serve(Server next) {
        if (server.isDone()) {
            server = CompletableFuture.completedFuture(next);
        } else {
            server.complete(next);
        }
    }

    private final class ThroughObserver implements ChildRegistry.Observer {

        @Override
        public void launching() {
            launches.prepareStorage();
            synchronized (UpstreamChildren.this) {
                if (state instanceof ChildState.BackingOff || state instanceof ChildState.PullThrough) {
                    become(new ChildState.Starting(Instant.now()));
                }
            }
        }

        @Override
        public void slow() {
            trouble("does not answer");
        }

        @Override
        public void answers(long pid, int port) {
            synchronized (UpstreamChildren.this) {
                if (state instanceof ChildState.Stopped) {
                    return;
                }
                throughPort = port;
                throughAnswers = Optional.of(new ChildState.PullThrough(pid, Instant.now()));
                become(throughAnswers.get());
                offline.retire();
                offlinePort = Optional.empty();
            }
        }

        @Override
        public void ended(boolean answered, ChildState.BackingOff next) {
            synchronized (UpstreamChildren.this) {
                throughAnswers = Optional.empty();
                if (offlinePort.isPresent() && !answered) {
                    become(new ChildState.Offline(Instant.now(), next.why()));
                } else if (!(state instanceof ChildState.Offline)) {
                    become(next);
                }
            }
            if (!answered && !next.isOfStorage()) {
                trouble(next.why());
            } else if (next.isOfStorage() && next.attempt() == 1) {
                LOG.error("upstream={} REGISTRY_STORAGE: the storage does not work: {}", upstream.name(), next.why());
            }
        }

        private void trouble(String why) {
            synchronized (UpstreamChildren.this) {
                trouble = why;
            }
            offline.start();
        }
    }

    private final class OfflineObserver implements ChildRegistry.Observer {

        @Override
        public void launching() {
            // Its state counts only once it answers.
        }

        @Override
        public void slow() {
            LOG.warn("upstream={} the offline child is slow to start", upstream.name());
        }

        @Override
        public void answers(long pid, int port) {
            synchronized (UpstreamChildren.this) {
                offlinePort = Optional.of(port);
                if (throughAnswers.isEmpty() && !(state instanceof ChildState.Stopped)) {
                    become(new ChildState.Offline(Instant.now(), trouble));
                }
            }
        }

        @Override
        public void ended(boolean answered, ChildState.BackingOff next) {
            synchronized (UpstreamChildren.this) {
                offlinePort = Optional.empty();
                if (state instanceof ChildState.Offline) {
                    become(throughAnswers.<ChildState>map(it -> it).orElse(next));
                }
            }
        }
    }
}
