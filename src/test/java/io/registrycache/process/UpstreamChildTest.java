package io.registrycache.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.registrycache.config.Upstream;
import io.registrycache.upstream.ReachabilityMonitor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpstreamChildTest {

    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();

    @TempDir
    private Path storage;

    private RunFolder folder;
    private UpstreamChild child;

    @BeforeEach
    void aChild() throws IOException {
        Upstream upstream = Upstream.of("test", "ghcr.io", "", List.of(), Map.of());
        Map<String, String> environment = Map.of("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", storage.toString());
        folder = RunFolder.open(environment, List.of(upstream));
        ReachabilityMonitor monitor = new ReachabilityMonitor(
                upstream,
                (request, receiver) -> {
                    throw new UnsupportedOperationException("no test asks");
                },
                scheduler);
        child = new UpstreamChild(upstream, environment, folder, 1, monitor);
    }

    @AfterEach
    void close() throws IOException {
        child.close();
        folder.close();
        scheduler.shutdownNow();
    }

    /** As metrics, health, the status page and pulls do on an event loop. */
    @Test
    void shouldBeReadWhileALaunchHoldsTheMonitors() {
        child.start();
        synchronized (child) {
            synchronized (child.program()) {
                assertThat(CompletableFuture.supplyAsync(() -> List.of(
                                child.state() instanceof Starting,
                                child.condition().isWell(),
                                child.restarts() == 0,
                                child.port().isDone(),
                                child.secrets().isEmpty(),
                                child.isStorageDown(),
                                child.isChecked())))
                        .succeedsWithin(Duration.ofSeconds(1))
                        .isEqualTo(List.of(true, false, true, false, true, false, true));
            }
        }
    }
}
