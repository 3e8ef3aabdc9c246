package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.Download;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.JmxClient;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.Ports;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Layers of any size flow at the client's pace, in constant memory, and a client that vanishes leaves nothing. */
@Isolated
class StreamingIT {

    private static final long GIB = 1L << 30;
    private static final long MIB = 1L << 20;

    private final ExecutorService clients = Executors.newCachedThreadPool();
    private final int jmxPort = Ports.free();
    private UpstreamRegistry upstream;
    private CacheProcess cache;

    @BeforeEach
    void start() {
        upstream = UpstreamRegistry.open();
        cache = CacheProcess.builder()
                .upstreams(upstream.configElement("ghcr.io"))
                .env("JMX_PORT", Integer.toString(jmxPort))
                .jvm("-Xmx128m")
                .start();
    }

    @AfterEach
    void stop() {
        clients.shutdownNow();
        if (cache.program().isAlive()) {
            cache.stop();
        }
        cache.assertNoLeak();
        cache.close();
        upstream.close();
    }

    private String pushed(long size) throws IOException {
        try (OciImage image = OciImage.random(size, size)) {
            PushedImage pushed = image.push(upstream, "a/b", "1");
            return pushed.layers().get(0).digest();
        }
    }

    private Download download(String digest) {
        return Download.of(cache.url() + "/v2/ghcr.io/a/b/blobs/" + digest);
    }

    private CompletableFuture<Download.Result> inBackground(Download download) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return download.run();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                clients);
    }

    @Test
    void shouldServeSixteenClientsHalfOfThemSlowInConstantMemory() throws Exception {
        String digest = pushed(GIB);
        assertThat(download(digest).run().digest()).isEqualTo(digest);
        List<CompletableFuture<Download.Result>> running = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            running.add(inBackground(download(digest)));
            running.add(inBackground(download(digest).throttledTo(40_000_000)));
        }

        long largest = 0;
        while (!running.stream().allMatch(CompletableFuture::isDone)) {
            largest = Math.max(largest, cache.program().rssBytes());
            Thread.sleep(500);
        }
        for (CompletableFuture<Download.Result> client : running) {
            assertThat(client.get().digest()).isEqualTo(digest);
        }
        System.out.println("Sixteen clients, 1 GiB each: at most " + largest / MIB + " MiB resident");
        assertThat(largest).isLessThan(350 * MIB);
    }

    private Set<Long> children() {
        await().until(() -> !cache.program().children().isEmpty());
        return Set.copyOf(cache.program().children());
    }

    @Test
    void shouldForgetAClientThatVanishesInMidTransfer() throws Exception {
        String digest = pushed(200 * MIB);
        long child = children().iterator().next();
        download(digest).run();
        long files = cache.program().openFiles();
        try (JmxClient jmx = JmxClient.connect(jmxPort)) {
            for (int i = 0; i < 20; i++) {
                download(digest).abortedAfter((i + 1) * MIB).run();
            }

            await().untilAsserted(() -> {
                assertThat(jmx.routeAttribute("front-door", "ExchangesInflight"))
                        .isEqualTo(0L);
                assertThat(jmx.routeAttribute("ghcr.io", "ExchangesInflight")).isEqualTo(0L);
                // The JMX connection itself is two of them.
                assertThat(cache.program().openFiles()).isLessThanOrEqualTo(files + 3);
            });
            assertThat(ProcessHandle.of(child)).isPresent();
        }
    }

    @Test
    void shouldShowATransferAsAnExchangeInFlight() throws Exception {
        String digest = pushed(50 * MIB);
        try (JmxClient jmx = JmxClient.connect(jmxPort)) {
            CompletableFuture<Download.Result> slow =
                    inBackground(download(digest).throttledTo(10_000_000));

            await().untilAsserted(() -> assertThat(jmx.routeAttribute("ghcr.io", "ExchangesInflight"))
                    .isEqualTo(1L));
            assertThat(slow.get().digest()).isEqualTo(digest);
            await().untilAsserted(() -> assertThat(jmx.routeAttribute("ghcr.io", "ExchangesInflight"))
                    .isEqualTo(0L));
        }
    }

    @Test
    void stoppingTheRouteShouldStopTheChildAndStartingItShouldStartIt() throws Exception {
        try (JmxClient jmx = JmxClient.connect(jmxPort)) {
            long child = children().iterator().next();
            jmx.route("ghcr.io", "stop");

            await().untilAsserted(() -> assertThat(ProcessHandle.of(child)).isEmpty());
            assertThat(HttpProbe.status(cache.endpoint(), "/v2/ghcr.io/a/manifests/1"))
                    .hasValue(503);

            jmx.route("ghcr.io", "start");
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(HttpProbe.status(cache.endpoint(), "/v2/ghcr.io/a/manifests/1"))
                            .hasValue(404));
        }
    }

    @Test
    void shouldFinishTransfersOnSigtermAndThenEndWithItsChildren() throws Exception {
        String digest = pushed(60 * MIB);
        Set<Long> children = children();
        CompletableFuture<Download.Result> slow = inBackground(download(digest).throttledTo(10_000_000));
        Thread.sleep(2_000);

        cache.program().signal("TERM");
        Thread.sleep(500);
        assertThat(HttpProbe.status(cache.endpoint(), "/v2/").orElse(503)).isEqualTo(503);
        assertThat(cache.program().isAlive()).isTrue();

        assertThat(slow.get().digest()).isEqualTo(digest);
        assertThat(cache.program().waitFor(Duration.ofSeconds(20))).isZero();
        assertThat(children).noneMatch(pid -> ProcessHandle.of(pid).isPresent());
    }
}
