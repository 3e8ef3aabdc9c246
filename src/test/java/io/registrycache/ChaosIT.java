package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.registrycache.chaos.Mischief;
import io.registrycache.chaos.Puller;
import io.registrycache.chaos.Site;
import io.registrycache.chaos.Tally;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Clients pull while everything that can die or hang does. A minute, or as long as {@code -Dchaos.seconds} says;
 * {@code -Dchaos.seed} repeats a run as far as clocks allow.
 */
@Isolated
class ChaosIT {

    private static final int CLIENTS = 6;
    private static final long LOST_AT_MOST = 4 << 20;

    @Test
    void shouldNeverServeWrongBytesAndRecoverFromEverything() throws Exception {
        Duration duration = Duration.ofSeconds(Integer.getInteger("chaos.seconds", 60));
        long seed = Long.getLong("chaos.seed", System.nanoTime());
        Tally tally = new Tally();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try (Site site = Site.open()) {
            site.pullImagesToBeCached();
            long files = site.cache().program().openFiles();
            Instant end = Instant.now().plus(duration);
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                running.add(clients.submit(new Puller(site, tally, new Random(seed + i), end)));
            }
            new Mischief(site, tally, new Random(seed), end).run();
            for (Future<?> client : running) {
                client.get();
            }

            site.settle();
            site.pullImagesToBeCached();
            System.out.println(tally.table(seed, duration, site.sent()));
            assertThat(tally.wrong()).isEmpty();
            // Each layer comes once, except for the bytes that were on their way at a failure.
            assertThat(site.sent()).isLessThanOrEqualTo(site.size() + tally.mischiefs() * LOST_AT_MOST);
            assertThat(tally.complete()).isPositive();
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                assertThat(site.cache().program().children()).hasSameSizeAs(site.upstreams());
                // Connections stay in the pools for a while: to each child one for each client that ever asked at once.
                long pooled = (long) site.upstreams().size() * CLIENTS;
                assertThat(site.cache().program().openFiles()).isLessThanOrEqualTo(files + pooled);
            });
            assertThat(site.cache().stop()).isZero();
            site.cache().assertNoLeak();
        } finally {
            clients.shutdownNow();
        }
    }
}
