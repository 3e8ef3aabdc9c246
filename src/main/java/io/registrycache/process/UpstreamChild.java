package io.registrycache.process;

import io.registrycache.config.Upstream;
import io.registrycache.log.LastingState;
import io.registrycache.upstream.ReachabilityMonitor;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The child of one upstream, and the port where it serves. */
public final class UpstreamChild {

    private static final Logger LOG = LoggerFactory.getLogger(UpstreamChild.class);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Upstream upstream;
    private final Map<String, String> inherited;
    private final int backDoor;
    private final ReachabilityMonitor reachability;
    private final ChildRegistry program;
    private final LastingState down;

    private ChildState state = new ChildState.Stopped();
    private CompletableFuture<Integer> port = new CompletableFuture<>();
    /** Proves to the back door that a request is of the child that runs now. */
    private volatile String secret = "";
    /** Whether the storage has been looked through since the program crashed, if it did. */
    private volatile boolean checked;

    /**
     * A child that does not run yet.
     *
     * @param backDoor the port of its way to the upstream
     */
    public UpstreamChild(
            Upstream upstream,
            Map<String, String> inherited,
            RunFolder folder,
            int backDoor,
            ReachabilityMonitor reachability) {
        this.upstream = upstream;
        this.inherited = Map.copyOf(inherited);
        this.backDoor = backDoor;
        this.reachability = reachability;
        this.checked = !folder.isAfterCrash();
        this.down = new LastingState(
                LOG, "upstream=" + upstream.name() + " child=down", "upstream=" + upstream.name() + " child=up");
        this.program = new ChildRegistry(
                upstream.name(), folder, this::settings, ChildSettings.secrets(upstream, inherited), new Observer());
    }

    public Upstream upstream() {
        return upstream;
    }

    public ChildRegistry program() {
        return program;
    }

    /** How often the child was launched again. */
    public int restarts() {
        return Math.max(0, program.launches() - 1);
    }

    public synchronized ChildState state() {
        return state;
    }

    /** Its state and the upstream's. */
    public UpstreamCondition condition() {
        return new UpstreamCondition(state(), reachability.state());
    }

    /** Where the child serves; not complete while it does not, and failed when the storage turns out to be down. */
    public synchronized CompletableFuture<Integer> port() {
        return port;
    }

    /** What the child that runs now shows at the back door. */
    public String secret() {
        return secret;
    }

    /** Whether the child cannot start, and says that its storage is to blame. */
    boolean isStorageDown() {
        return state() instanceof ChildState.BackingOff backingOff && backingOff.isOfStorage();
    }

    /** Whether what is stored may be served without a child. */
    public boolean isChecked() {
        return checked;
    }

    /** The upstream's folder, if its storage is the file system. */
    public Optional<Path> folder() {
        return ChildSettings.folder(upstream, inherited);
    }

    /** Whether the storage is the child's memory, in which it keeps no blob. */
    public boolean isInMemory() {
        return StorageDriver.of(upstream.environment(inherited)).name().equals("inmemory");
    }

    void start() {
        become(new ChildState.Starting(Instant.now()));
        program.start();
    }

    void stop() {
        become(new ChildState.Stopped());
        program.stop();
    }

    void close() {
        become(new ChildState.Stopped());
        program.close();
    }

    private ChildSettings settings(int at) {
        byte[] random = new byte[16];
        RANDOM.nextBytes(random);
        secret = HexFormat.of().formatHex(random);
        return ChildSettings.of(
                upstream, inherited, at, "http://" + upstream.name() + ":" + secret + "@127.0.0.1:" + backDoor);
    }

    /** Takes out of the storage what would make a child fail or serve wrong bytes. */
    private void prepareStorage() {
        if (!checked) {
            folder().ifPresent(StorageRepair::afterCrash);
            checked = true;
        }
        folder().ifPresent(StorageRepair::beforeLaunch);
    }

    private synchronized void become(ChildState next) {
        become(next, 0);
    }

    private synchronized void become(ChildState next, int servesAt) {
        if (state.equals(next)) {
            return;
        }
        state = next;
        log(next);
        if (next instanceof ChildState.Serving) {
            port.complete(servesAt);
            return;
        }
        if (isStorageDown()) {
            // Requests would wait in vain.
            port.completeExceptionally(new IOException("the storage does not work"));
        }
        if (port.isDone()) {
            port = new CompletableFuture<>();
        }
    }

    private void log(ChildState next) {
        if (next instanceof ChildState.BackingOff backingOff) {
            down.holds((backingOff.isOfStorage() ? "REGISTRY_STORAGE: the storage does not work: " : "")
                    + backingOff.why());
        } else if (next instanceof ChildState.Serving serving) {
            down.isOver();
            LOG.info("upstream={} child=serving pid={}", upstream.name(), serving.pid());
        } else if (next instanceof ChildState.Stopped) {
            LOG.info("upstream={} child=stopped", upstream.name());
        }
    }

    private final class Observer implements ChildRegistry.Observer {

        @Override
        public void launching() {
            prepareStorage();
            synchronized (UpstreamChild.this) {
                if (!(state instanceof ChildState.Stopped)) {
                    become(new ChildState.Starting(Instant.now()));
                }
            }
        }

        @Override
        public void answers(long pid, int at) {
            synchronized (UpstreamChild.this) {
                if (!(state instanceof ChildState.Stopped)) {
                    become(new ChildState.Serving(pid, Instant.now()), at);
                }
            }
        }

        @Override
        public void ended(ChildState.BackingOff next) {
            synchronized (UpstreamChild.this) {
                if (!(state instanceof ChildState.Stopped)) {
                    become(next);
                }
            }
        }
    }
}
