package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.ConfigElement;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.HttpReply;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.UpstreamRegistry;
import io.registrycache.rig.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Logs, metrics and health during real pulls. */
class ObserveIT {

    private static final Pattern METRIC = Pattern.compile("((?:registry_cache|jvm)_\\w+)(?:\\{([^}]*)})?");

    private UpstreamRegistry upstream;
    private OciImage image;
    private PushedImage pushed;
    private CacheProcess cache;

    @BeforeEach
    void start() throws IOException {
        upstream = UpstreamRegistry.open();
        image = OciImage.random(1, 200_000);
        pushed = image.push(upstream, "a/b", "1");
        cache = CacheProcess.builder()
                .upstreams(ConfigElement.with(upstream.configElement("ghcr.io"), "\"limit\": \"1GB\""))
                .start();
    }

    @AfterEach
    void stop() {
        cache.close();
        image.close();
        upstream.close();
    }

    private HttpReply pull(String path) throws IOException {
        return ask(cache.endpoint(), "/v2/ghcr.io/a/b/" + path, "Accept: " + pushed.mediaType());
    }

    private static HttpReply ask(String endpoint, String path, String... headers) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(endpoint)) {
            probe.get(path, headers);
            return probe.receive();
        }
    }

    private static void assertCacheStatus(HttpReply reply, String parameters) {
        assertThat(reply.headers("Cache-Status")).containsExactly("docker-registry-cache; " + parameters);
    }

    private String layer() {
        return "blobs/" + pushed.layers().get(0).digest();
    }

    private void pullAndPullAgain() throws IOException {
        assertCacheStatus(pull("manifests/1"), "fwd=bypass; detail=tag");
        assertCacheStatus(pull(layer()), "fwd=uri-miss");
        cache.awaitCached("ghcr.io", pushed.layers().get(0));
        await().untilAsserted(() -> assertCacheStatus(pull(layer()), "hit"));
    }

    @Test
    void shouldSayInEachAnswerWhetherItWasCached() throws IOException {
        pullAndPullAgain();

        assertCacheStatus(pull("manifests/" + pushed.manifestDigest()), "hit");
        assertCacheStatus(ask(cache.endpoint(), "/v2/"), "detail=here");
        assertCacheStatus(pull("manifests/none"), "detail=here");
        upstream.stop();
        cache.program().children().forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertCacheStatus(pull("manifests/1"), "hit; detail=offline"));
    }

    private String managed(String path) throws IOException {
        HttpReply reply = ask(cache.managementEndpoint(), path);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply.text();
    }

    @Test
    void shouldCountForPrometheus() throws IOException {
        pullAndPullAgain();
        await().untilAsserted(() -> assertCacheStatus(pull("manifests/" + pushed.manifestDigest()), "hit"));
        pull("manifests/unheard-of");

        await().untilAsserted(() -> assertThat(managed("/observe/metrics"))
                .containsPattern("registry_cache_requests_total\\{cache=\"hit\",operation=\"blob\",status=\"200\","
                        + "upstream=\"ghcr.io\"\\} [1-9]")
                .containsPattern("registry_cache_requests_total\\{cache=\"here\",operation=\"manifest\","
                        + "status=\"404\",upstream=\"ghcr.io\"\\} 1")
                .containsPattern("registry_cache_sent_bytes_total\\{cache=\"miss\",upstream=\"ghcr.io\"\\} 2[0-9]{5}")
                .contains("registry_cache_child_state{state=\"Serving\",upstream=\"ghcr.io\"} 1")
                .contains("registry_cache_manifest_requests_sent_total{upstream=\"ghcr.io\"} 1.0")
                .contains("registry_cache_manifest_requests_saved_total{upstream=\"ghcr.io\"} 1.0")
                .contains("registry_cache_child_restarts_total{upstream=\"ghcr.io\"} 0")
                .contains("registry_cache_transfers_in_flight{upstream=\"ghcr.io\"} 0")
                .containsPattern("registry_cache_storage_used_bytes\\{upstream=\"ghcr.io\"\\} [2-9]")
                .containsPattern("registry_cache_stored_bytes_total\\{upstream=\"ghcr.io\"\\} 2[0-9]{5}")
                .contains("registry_cache_storage_limit_bytes{upstream=\"ghcr.io\"} 1.0E9")
                .contains("registry_cache_storage_pinned_bytes{upstream=\"ghcr.io\"} 0")
                .contains("registry_cache_evicted_bytes_total{reason=\"limit\",upstream=\"ghcr.io\"} 0")
                .contains("registry_cache_evicted_images_total{reason=\"keep\",upstream=\"ghcr.io\"} 0")
                .containsPattern("(?m)^registry_cache_limit_bytes [1-9]")
                .containsPattern("(?m)^registry_cache_disk_free_bytes [1-9]")
                .containsPattern("(?m)^registry_cache_disk_size_bytes [1-9]")
                .contains("registry_cache_pinned_above_limit 0"));
        await().atMost(Duration.ofSeconds(50))
                .untilAsserted(() -> assertThat(managed("/observe/metrics"))
                        .containsPattern("registry_cache_storage_oldest_use_timestamp_seconds"
                                + "\\{upstream=\"ghcr.io\"\\} [1-9]"));
        // A client must not choose the value of a label.
        assertThat(managed("/observe/metrics")).doesNotContain("a/b", "unheard-of", pushed.manifestDigest());
    }

    @ParameterizedTest
    @CsvSource({"grafana-dashboard.json, 19", "prometheus-alerts.yaml, 4"})
    void shouldHaveEveryMetricAndLabelThatIsAskedFor(String file, int queries) throws IOException {
        pullAndPullAgain();
        await().until(() -> managed("/observe/metrics").contains("registry_cache_requests_total"));
        String scrape = managed("/observe/metrics");

        List<String> found = expressions(Yaml.documents(Files.readString(Path.of("deploy", file))));

        assertThat(found).hasSize(queries);
        for (String query : found) {
            Matcher metric = METRIC.matcher(query);
            assertThat(metric.find()).as(query).isTrue();
            do {
                assertThat(scrape).containsPattern("(?m)^" + metric.group(1) + "[ {]");
                String labels = Objects.requireNonNullElse(metric.group(2), "");
                for (String label : labels.isEmpty() ? new String[0] : labels.split(",")) {
                    String name = label.replaceFirst("[=!].*", "");
                    assertThat(scrape).containsPattern("(?m)^" + metric.group(1) + "\\{[^}]*" + name + "=");
                }
            } while (metric.find());
        }
    }

    private static List<String> expressions(List<JsonNode> documents) {
        return documents.stream()
                .flatMap(document -> document.findValuesAsText("expr").stream())
                .toList();
    }

    @Test
    void shouldTellHealthOfEachUpstreamAndBeReadyWithoutIt() throws IOException {
        await().untilAsserted(() -> assertThat(managed("/observe/health"))
                .contains(
                        "{\"status\":\"UP\"",
                        "{\"name\":\"ghcr.io\",\"state\":\"Serving\",\"status\":\"UP\",\"since\":\""));
        upstream.stop();
        assertThat(ask(cache.endpoint(), "/v2/ghcr.io/not/cached/manifests/1").status())
                .isEqualTo(503);

        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(managed("/observe/health"))
                        .contains("\"name\":\"ghcr.io\",\"state\":\"Unreachable\",\"status\":\"DOWN\",\"reason\":\""));
        assertThat(managed("/observe/health/ready")).startsWith("{\"status\":\"UP\"");
        assertThat(managed("/observe/health/live")).startsWith("{\"status\":\"UP\"");
        assertThat(ask(cache.managementEndpoint(), "/observe/health/other").status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"combined", "json"})
    void shouldWriteALineForEachRequest(String format) throws IOException {
        cache.close();
        cache = CacheProcess.builder()
                .upstreams(upstream.configElement("ghcr.io"))
                .env("ACCESS_LOG", format)
                .start();
        ask(cache.endpoint(), "/v2/ghcr.io/a/b/" + layer(), "User-Agent: a\"\u00fc");

        String digest = pushed.layers().get(0).digest();
        await().untilAsserted(() -> assertThat(cache.program().output())
                .containsPattern(
                        format.equals("json")
                                ? "\\{.*\"path\":\"/v2/ghcr.io/a/b/blobs/" + digest
                                        + "\".*\"status\":200.*\"cache\":\"miss\""
                                : "127.0.0.1 - - \\[.*] \"GET /v2/ghcr.io/a/b/blobs/" + digest
                                        + " HTTP/1.1\" 200 2[0-9]+ "));
        assertThat(cache.program().output()).doesNotContain("\u00fc");
    }

    @Test
    void shouldChangeNothingAtTheManagementPort() throws IOException {
        for (String path : List.of("/observe/health", "/observe/metrics", "/api/status", "/")) {
            try (HttpProbe probe = HttpProbe.connect(cache.managementEndpoint())) {
                probe.request("POST", path);
                assertThat(probe.receive().status()).as(path).isEqualTo(405);
            }
        }
    }
}
