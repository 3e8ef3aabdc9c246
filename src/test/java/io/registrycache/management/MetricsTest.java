package io.registrycache.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.registrycache.config.Upstream;
import io.registrycache.config.Upstreams;
import io.registrycache.request.RegistryRequest;
import io.registrycache.traffic.CacheOutcome;
import io.registrycache.traffic.Transfer;
import io.registrycache.traffic.Transfer.Source;
import io.registrycache.upstream.RateLimit;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricsTest {

    private static final Upstreams UPSTREAMS = new Upstreams(List.of(
            Upstream.of("test", "ghcr.io", "", List.of(), Map.of()),
            Upstream.of("test", "quay.io", "", List.of(), Map.of())));
    private static final String LAYER = "/my/image/blobs/sha256:" + "0".repeat(64);

    private final Metrics metrics = new Metrics();

    private void serve(String target, Source source, int bytes) throws Exception {
        Transfer transfer = new Transfer(
                new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, target), new InetSocketAddress(0));
        metrics.began(transfer);
        transfer.asks(RegistryRequest.of("GET", target, UPSTREAMS));
        transfer.answers(source, 200, bytes);
        transfer.sends(bytes);
        transfer.ends(true);
        metrics.ended(transfer);
    }

    private static MeterBinder gauge(String upstream, double value) {
        return registry -> Gauge.builder("test.gauge", () -> value)
                .tag("upstream", upstream)
                .register(registry);
    }

    @Test
    void shouldCountByUpstreamAndOutcome() throws Exception {
        metrics.open();
        serve("/v2/ghcr.io" + LAYER, Source.STORAGE, 10);
        serve("/v2/ghcr.io" + LAYER, Source.UPSTREAM, 20);
        serve("/v2/quay.io" + LAYER, Source.STORAGE, 40);

        assertThat(metrics.requests("ghcr.io", CacheOutcome::isHit)).isOne();
        assertThat(metrics.requests("ghcr.io", outcome -> true)).isEqualTo(2);
        assertThat(metrics.bytes("ghcr.io")).isEqualTo(30);
        assertThat(metrics.bytes("quay.io")).isEqualTo(40);
        assertThat(metrics.scrape())
                .contains("registry_cache_sent_bytes_total{cache=\"hit\",upstream=\"quay.io\"} 40.0");
    }

    @Test
    void shouldCountTransfersThatEndedBeforeItWasOpened() throws Exception {
        serve("/v2/ghcr.io" + LAYER, Source.STORAGE, 10);
        assertThat(metrics.scrape()).isEmpty();

        metrics.open();

        assertThat(metrics.requests("ghcr.io", CacheOutcome::isHit)).isOne();
    }

    /** Or each name that a client makes up would take memory for ever. */
    @Test
    void shouldHaveNoLabelThatAClientChooses() throws Exception {
        metrics.open();
        for (int number = 0; number < 20; number++) {
            serve("/v2/made-up-" + number + LAYER, Source.HERE, 0);
            serve("/v2/made-up/manifests/tag-" + number, Source.HERE, 0);
        }

        assertThat(metrics.scrape()).doesNotContain("made-up").doesNotContain("tag-1");
        assertThat(metrics.scrape().lines().filter(line -> line.startsWith("registry_cache_requests_total")))
                .hasSize(2);
    }

    @Test
    void shouldReplaceTheGaugesOfAnUpstreamAndKeepItsCounters() throws Exception {
        metrics.open();
        serve("/v2/ghcr.io" + LAYER, Source.STORAGE, 10);
        metrics.follow("ghcr.io", List.of(gauge("ghcr.io", 1)));
        metrics.follow("quay.io", List.of(gauge("quay.io", 7)));
        metrics.follow("ghcr.io", List.of(gauge("ghcr.io", 2)));

        assertThat(metrics.scrape())
                .contains("test_gauge{upstream=\"ghcr.io\"} 2.0", "test_gauge{upstream=\"quay.io\"} 7.0")
                .contains("registry_cache_sent_bytes_total{cache=\"hit\",upstream=\"ghcr.io\"} 10.0");
    }

    @Test
    void shouldShowNothingOfAForgottenUpstreamUntilItIsUsedAgain() throws Exception {
        metrics.open();
        serve("/v2/ghcr.io" + LAYER, Source.STORAGE, 10);
        metrics.follow("ghcr.io", List.of(gauge("ghcr.io", 1)));

        metrics.forget("ghcr.io");
        assertThat(metrics.scrape()).doesNotContain("ghcr.io");
        assertThat(metrics.bytes("ghcr.io")).isZero();

        serve("/v2/ghcr.io" + LAYER, Source.STORAGE, 5);
        assertThat(metrics.bytes("ghcr.io")).isEqualTo(5);
    }

    @Test
    void shouldShowARateLimitThatWasNeverToldAsUnknown() {
        metrics.open();
        metrics.follow("ghcr.io", List.of(new RateLimitMetrics("ghcr.io", new RateLimit("ghcr.io"))));

        assertThat(metrics.scrape())
                .contains("registry_cache_upstream_rate_limit_remaining{upstream=\"ghcr.io\"} NaN")
                .contains("registry_cache_manifest_requests_saved_total{upstream=\"ghcr.io\"} 0.0");
    }
}
