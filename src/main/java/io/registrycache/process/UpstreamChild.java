package io.registrycache.process;

import io.registrycache.config.Upstream;
import io.registrycache.log.LastingState;
import io.registrycache.storage.StorageRepair;
import io.registrycache.upstream.ReachabilityMonitor;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The child of one upstream, and the port where it serves. */
public final class UpstreamChild {

    private static final Logger LOG = LoggerFactory.getLogger(UpstreamChild.class);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String name;
    private final RunFolder runFolder;
    private volatile Told told;
    private final int backDoor;
    private final ReachabilityMonitor reachability;
    private final ChildRegistry program;
    private final LastingState down;

    /** Where the child serves; another one when it does not serve any more. */
    private volatile CompletableFuture<Integer> port = new CompletableFuture<>();
    /**
     * Each proves to the back door that a request is of the child: of the one that runs now, and of those that it
     * replaced.
     */
    private final Set<String> secrets = ConcurrentHashMap.newKeySet();

    private volatile String secret = "";
    /** Whether the storage has been looked through since the program crashed, if it did. */
    private volatile boolean checked;

    /** The source of the child's settings. */
    private record Told(Upstream upstream, Map<String, String> inherited) {
        Told {
            inherited = Map.copyOf(inherited);
        }
    }

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
        this.name = upstream.name();
        this.runFolder = folder;
        this.told = new Told(upstream, inherited);
        this.backDoor = backDoor;
        this.reachability = reachability;
        this.checked = isSoundAtStart();
        this.down = new LastingState(LOG, "upstream=" + name + " child=down", "upstream=" + name + " child=up");
        this.program = new ChildRegistry(
                name,
                folder,
                this::settings,
                () -> ChildSettings.secrets(told.upstream(), told.inherited()),
                new Observer());
    }

    public Upstream upstream() {
        return told.upstream();
    }

    public ChildRegistry program() {
        return program;
    }

    /** How often the child was launched again. */
    public int restarts() {
        return program.restarts();
    }

    public ChildState state() {
        return program.state();
    }

    /** Its state and the upstream's. */
    public UpstreamCondition condition() {
        return new UpstreamCondition(state(), reachability.state());
    }

    /** Where the child serves; not complete while it does not, and failed when the storage turns out to be down. */
    public CompletableFuture<Integer> port() {
        return port;
    }

    /** The secrets of the running child, and of those that it replaced, at the back door. */
    public Collection<String> secrets() {
        return secrets;
    }

    /**
     * Is told something else from now on. If that makes a difference to the program, another one is launched, and the
     * one that runs serves the requests that it got until then.
     *
     * @return ends the one that runs, if it is replaced
     */
    public Optional<Runnable> tell(Upstream upstream, Map<String, String> inherited) {
        Told before = told;
        boolean isSame = ChildSettings.areSame(
                ChildSettings.of(before.upstream(), before.inherited(), 0, ""),
                ChildSettings.of(upstream, inherited, 0, ""));
        Optional<Path> folder = folder();
        told = new Told(upstream, inherited);
        if (!folder.equals(folder())) {
            checked = isSoundAtStart();
        }
        if (isSame) {
            return Optional.empty();
        }
        String old = secret;
        Runnable end = program.replace();
        return Optional.of(() -> {
            end.run();
            if (!old.equals(secret)) {
                secrets.remove(old);
            }
        });
    }

    private boolean isSoundAtStart() {
        return ChildSettings.filesystemRoot(told.upstream(), told.inherited())
                .map(root -> !runFolder.isAfterCrash(root))
                .orElse(true);
    }

    /** Whether the child cannot start, and says that its storage is to blame. */
    boolean isStorageDown() {
        return state() instanceof ChildState.BackingOff backingOff && backingOff.isOfStorage();
    }

    /** Whether stored content may be served without a child. */
    public boolean isChecked() {
        return checked;
    }

    /** The upstream's folder, if its storage is the file system. */
    public Optional<Path> folder() {
        return ChildSettings.folder(told.upstream(), told.inherited());
    }

    /** Whether the storage is the child's memory, in which it keeps no blob. */
    public boolean isInMemory() {
        return StorageDriver.of(told.upstream().environment(told.inherited()))
                .name()
                .equals("inmemory");
    }

    void start() {
        program.start();
    }

    void stop() {
        program.stop();
    }

    /** Ends the child for good. */
    public void close() {
        program.close();
    }

    private ChildSettings settings(int at) {
        byte[] random = new byte[16];
        RANDOM.nextBytes(random);
        String next = HexFormat.of().formatHex(random);
        if (!program.hasReplaced()) {
            secrets.clear();
        }
        secrets.add(next);
        secret = next;
        Told now = told;
        return ChildSettings.of(
                now.upstream(), now.inherited(), at, "http://" + name + ":" + next + "@127.0.0.1:" + backDoor);
    }

    /** Removes files from the storage that would make a child fail or serve wrong bytes. */
    private void prepareStorage() {
        if (!checked) {
            folder().ifPresent(StorageRepair::afterCrash);
            checked = true;
        }
        folder().ifPresent(StorageRepair::beforeLaunch);
    }

    private void tellThoseWhoWait(ChildState next) {
        if (next instanceof ChildState.Serving serving) {
            port.complete(serving.run().port());
            return;
        }
        if (next instanceof ChildState.BackingOff backingOff && backingOff.isOfStorage()) {
            // Requests would wait in vain.
            port.completeExceptionally(new IOException("the storage does not work"));
        }
        if (port.isDone()) {
            port = new CompletableFuture<>();
        }
    }

    private void log(ChildState before, ChildState next) {
        if (next instanceof ChildState.BackingOff backingOff) {
            down.holds((backingOff.isOfStorage() ? "REGISTRY_STORAGE: the storage does not work: " : "")
                    + backingOff.reason());
        } else if (next instanceof ChildState.Serving serving) {
            down.isOver();
            LOG.info("upstream={} child=serving pid={}", name, serving.pid());
        } else if (next instanceof Stopped && !(before instanceof Stopped)) {
            LOG.info("upstream={} child=stopped", name);
        }
    }

    private final class Observer implements ChildRegistry.Observer {

        @Override
        public void launching() {
            prepareStorage();
        }

        @Override
        public void became(ChildState before, ChildState next) {
            log(before, next);
            tellThoseWhoWait(next);
        }
    }
}
