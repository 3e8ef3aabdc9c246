package io.registrycache.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.registrycache.config.Upstream;
import io.registrycache.config.UpstreamLimits;
import io.registrycache.request.Digest;
import io.registrycache.storage.DiskRoom;
import io.registrycache.storage.InUse;
import io.registrycache.upstream.RateLimit;
import io.registrycache.upstream.ReachabilityMonitor;
import io.registrycache.upstream.RouteEntry;
import io.registrycache.upstream.Transport;
import io.registrycache.upstream.UpstreamAccess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fetches of an upstream that never answers. */
class FetchesTest {

    private static final Digest DIGEST = Digest.sha256Of(new byte[] {1});

    @TempDir
    private Path folder;

    private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
    private final DefaultCamelContext camel = new DefaultCamelContext();
    private Fetches fetches;

    private final Upstream upstream = Upstream.of("test", "http://127.0.0.1:1", "up", List.of(), Map.of());

    @BeforeEach
    @SuppressWarnings("NullAway.Init")
    void start() throws Exception {
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:fetch").stop();
            }
        });
        camel.start();
        Transport transport = (request, receiver) -> {
            throw new AssertionError("nothing is to be sent");
        };
        fetches = new Fetches(
                new UpstreamAccess(
                        upstream,
                        Map.of(),
                        transport,
                        new ReachabilityMonitor(upstream, transport, scheduler),
                        new RateLimit("ghcr.io")),
                new RouteEntry(camel, "direct:fetch", "download"),
                folder,
                new NoIntake(),
                new DiskRoom(folder),
                new InUse(),
                UpstreamLimits.of(Map.of()));
    }

    @AfterEach
    void stop() throws IOException {
        camel.close();
        scheduler.shutdownNow();
    }

    @Test
    void shouldRemoveASpoolWithoutARecord() throws Exception {
        Spool.open(folder, DIGEST).close();

        fetches.resume();

        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void shouldLeaveASpoolAloneThatAClientBeganToFill() throws Exception {
        Fetch fetch = fetches.begin(new Blob(upstream, DIGEST, "").requestIn("my/image"), 0, Long.MAX_VALUE)
                .orElseThrow();

        fetches.resume();

        fetch.openForReading().close();
        assertThat(fetches.underWay(DIGEST)).containsSame(fetch);
    }
}
