package io.registrycache.process;

import io.registrycache.config.Upstream;
import io.registrycache.upstream.ReachabilityMonitor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** A child that is not launched, for tests of classes that need one; the environment names its storage. */
public final class StoppedChild implements AutoCloseable {

    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final RunFolder folder;
    private final UpstreamChild child;

    private StoppedChild(Upstream upstream, Map<String, String> environment) throws IOException {
        this.folder = RunFolder.open(environment, List.of(upstream));
        ReachabilityMonitor monitor = new ReachabilityMonitor(
                upstream,
                (request, receiver) -> {
                    throw new UnsupportedOperationException("no test asks");
                },
                scheduler);
        this.child = new UpstreamChild(upstream, environment, folder, 1, monitor);
    }

    /** One whose storage is a folder of the upstream's name below a root. */
    public static StoppedChild onFileSystem(String upstream, Path root) throws IOException {
        return of(upstream, Map.of("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", root.toString()));
    }

    /** One whose storage cannot be looked into. */
    public static StoppedChild inMemory(String upstream) throws IOException {
        return of(upstream, Map.of("REGISTRY_STORAGE", "inmemory"));
    }

    private static StoppedChild of(String upstream, Map<String, String> environment) throws IOException {
        return new StoppedChild(Upstream.of("test", upstream, "", List.of(), Map.of()), environment);
    }

    public UpstreamChild child() {
        return child;
    }

    public Upstream upstream() {
        return child.upstream();
    }

    @Override
    public void close() throws IOException {
        child.close();
        folder.close();
        scheduler.shutdownNow();
    }
}
