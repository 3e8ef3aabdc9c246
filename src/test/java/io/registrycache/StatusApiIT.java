package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.registrycache.rig.Blob;
import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.ConfigElement;
import io.registrycache.rig.Download;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.HttpReply;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.Skopeo;
import io.registrycache.rig.TempFolder;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The JSON of the status page, beside a real pull. */
class StatusApiIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static UpstreamRegistry upstream;
    private static CacheProcess cache;
    private static PushedImage pushed;
    private static TempFolder folder;

    @BeforeAll
    static void pullTwice() throws IOException {
        folder = TempFolder.create();
        upstream = UpstreamRegistry.open();
        try (OciImage image = OciImage.random(7, 1_000, 20_000_000)) {
            pushed = image.push(upstream, "a/b", "1.0");
        }
        cache = CacheProcess.builder()
                .upstreams(
                        ConfigElement.with(
                                upstream.configElement("ghcr.io"),
                                "\"limit\": \"1GB\", \"keep\": \"30d\", \"pin\": [\"a/b:1.0\"]"),
                        "{\"registry\": \"s3.example.com\", \"variables\": {\"REGISTRY_STORAGE\": \"inmemory\"}}")
                .start();
        Skopeo.anonymous().copy(cache.endpoint() + "/ghcr.io/a/b:1.0", folder.resolve("first"));
        cache.awaitCached(
                "ghcr.io",
                pushed.config(),
                pushed.layers().get(0),
                pushed.layers().get(1));
        Skopeo.anonymous().copy(cache.endpoint() + "/ghcr.io/a/b:1.0", folder.resolve("second"));
    }

    @AfterAll
    static void stop() {
        cache.close();
        upstream.close();
        folder.close();
    }

    private static HttpReply ask(String method, String path) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(cache.managementEndpoint())) {
            probe.request(method, path);
            return method.equals("HEAD") ? probe.receiveHead() : probe.receive();
        }
    }

    private static JsonNode json(String path) {
        try {
            HttpReply reply = ask("GET", path);
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.header("Content-Type")).contains("application/json");
            assertThat(reply.header("Cache-Control")).contains("private, max-age=1");
            return JSON.readTree(reply.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldTellTheSavedRequestsAndBytes() {
        JsonNode status = json("/api/status");

        // The second time, the layers and the configuration came from here.
        assertThat(status.at("/saved/upstreamRequests").asLong()).isGreaterThanOrEqualTo(3);
        assertThat(status.at("/saved/bytes").asLong())
                .isGreaterThan(pushed.layers().get(1).size());
        assertThat(status.at("/total/bytesFromUpstream").asLong())
                .isGreaterThan(pushed.layers().get(1).size());
        assertThat(status.at("/pullPrefix").asText()).isEqualTo("docker pull " + cache.endpoint() + "/");
    }

    @Test
    void shouldTellHowManyManifestsTheUpstreamWasAskedFor() {
        long asked = upstream.requests().stream()
                .filter(it -> it.method().equals("GET") && it.path().contains("/manifests/") && it.status() == 200)
                .count();
        JsonNode requests = json("/api/status").at("/upstreams/0/manifestRequests");

        assertThat(asked).isPositive();
        assertThat(requests.path("sent").asLong()).isEqualTo(asked);
        assertThat(requests.path("saved").asLong()).isPositive();
    }

    @Test
    void shouldTellHowEachUpstreamIsDoing() {
        JsonNode upstreams = json("/api/status").path("upstreams");

        assertThat(upstreams.at("/0/name").asText()).isEqualTo("ghcr.io");
        assertThat(upstreams.at("/0/isDefault").asBoolean()).isTrue();
        assertThat(upstreams.at("/0/status/condition").asText()).isEqualTo("ok");
        assertThat(upstreams.at("/0/status/since").asText()).isNotBlank();
        assertThat(upstreams.at("/1/status/condition").asText()).isNotEqualTo("ok");
    }

    @Test
    void shouldCountPullsByTag() {
        JsonNode first = json("/api/status").at("/mostPulled/0");

        assertThat(first.path("image").asText()).isEqualTo("ghcr.io/a/b:1.0");
        assertThat(first.path("pull").asText()).isEqualTo("docker pull " + cache.endpoint() + "/ghcr.io/a/b:1.0");
        assertThat(first.path("count").asLong()).isEqualTo(2);
    }

    @Test
    void shouldTellTheLastHourMinuteByMinute() {
        JsonNode minutes = json("/api/traffic").path("minutes");

        assertThat(minutes).hasSize(60);
        long hits = 0;
        for (JsonNode minute : minutes) {
            hits += minute.at("/sums/hits").asLong();
        }
        assertThat(hits).isEqualTo(json("/api/status").at("/total/hits").asLong());
    }

    @Test
    void shouldTellTheLastWeekHourByHour() {
        JsonNode hours = json("/api/traffic").path("hours");

        assertThat(hours).hasSize(168);
        assertThat(hours.get(167).at("/sums/hits").asLong()
                        + hours.get(166).at("/sums/hits").asLong())
                .isEqualTo(json("/api/status").at("/total/hits").asLong());
    }

    @Test
    void shouldKeepItsStatisticsThroughARestart() throws IOException {
        Path storage = folder.resolve("restarted");
        CacheProcess.Builder builder = CacheProcess.builder()
                .upstreams(upstream.configElement("ghcr.io"))
                .storage(storage);
        JsonNode before;
        try (CacheProcess first = builder.start()) {
            Skopeo.anonymous().copy(first.endpoint() + "/ghcr.io/a/b:1.0", folder.resolve("before"));
            before = status(first);
        }
        try (CacheProcess second = builder.start()) {
            await().untilAsserted(
                            () -> assertThat(status(second).at("/total/misses")).isEqualTo(before.at("/total/misses")));
            assertThat(status(second).at("/total/bytesFromUpstream").asLong())
                    .isGreaterThanOrEqualTo(
                            before.at("/total/bytesFromUpstream").asLong());
            assertThat(status(second).path("since")).isEqualTo(before.path("since"));
            assertThat(status(second).at("/mostPulled/0/count").asLong()).isOne();
        }
        Files.writeString(storage.resolve(".docker-registry-cache/statistics"), "{\"since");
        try (CacheProcess third = builder.start()) {
            await().until(() -> third.program().output().contains("is broken, so the statistics begin anew"));
            assertThat(status(third).at("/total/misses").asLong()).isZero();
        }
    }

    private static JsonNode status(CacheProcess of) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(of.managementEndpoint())) {
            probe.request("GET", "/api/status");
            return JSON.readTree(probe.receive().body());
        }
    }

    @Test
    void shouldMeasureTheStorage() {
        await().atMost(Duration.ofSeconds(40))
                .until(() -> json("/api/status").at("/storage/bytes").asLong()
                        > pushed.layers().get(1).size());
        assertThat(json("/api/status").at("/storage/diskFree").asLong()).isPositive();
        assertThat(json("/api/status").at("/upstreams/0/storedBytes").asLong()).isPositive();
        assertThat(json("/api/status").at("/upstreams/1/storedBytes").isNull()).isTrue();
    }

    @Test
    void shouldTellTheLimitAndTheEvictedBytes() {
        long layers = pushed.layers().get(0).size() + pushed.layers().get(1).size();
        await().atMost(Duration.ofSeconds(80))
                .until(() -> json("/api/status").at("/upstreams/0/pinnedBytes").asLong() > layers);
        JsonNode status = json("/api/status");
        JsonNode one = status.at("/upstreams/0");
        JsonNode all = status.path("storage");

        assertThat(one.path("limitBytes").asLong()).isEqualTo(1_000_000_000);
        assertThat(one.path("keepSeconds").asLong())
                .isEqualTo(Duration.ofDays(30).toSeconds());
        assertThat(one.path("reservedBytes").asLong(-1)).isZero();
        assertThat(one.path("storedLastDay").asLong()).isGreaterThanOrEqualTo(layers);
        assertThat(Instant.parse(one.path("oldestUse").asText()))
                .isBetween(Instant.now().minus(Duration.ofMinutes(10)), Instant.now());
        for (String reason : List.of("limit", "keep", "purge")) {
            assertThat(one.at("/evicted/" + reason + "/bytes").asLong(-1)).isZero();
            assertThat(one.at("/evicted/" + reason + "/images").asLong(-1)).isZero();
        }
        assertThat(all.path("limitBytes").asLong())
                .isBetween(1L, all.path("diskSize").asLong());
        for (String field : List.of("reservedBytes", "pinnedBytes", "oldestUse", "storedLastDay", "evicted")) {
            assertThat(all.path(field)).as(field).isEqualTo(one.path(field));
        }
        assertThat(all.path("overPinned").asBoolean(true)).isFalse();
        assertThat(status.at("/upstreams/1/limitBytes").isNull()).isTrue();
        assertThat(status.at("/upstreams/1/evicted").isNull()).isTrue();
    }

    @Test
    void shouldShowATransferWithItsProgressWhileItLasts() throws Exception {
        Blob layer = pushed.layers().get(1);
        Thread slow = new Thread(() -> {
            try {
                Download.of(cache.url() + "/v2/ghcr.io/a/b/blobs/" + layer.digest())
                        .throttledTo(400_000)
                        .abortedAfter(1_500_000)
                        .run();
            } catch (IOException e) {
                // Aborted, as asked for.
            }
        });
        slow.start();

        JsonNode transfer = await().atMost(Duration.ofSeconds(10))
                .until(() -> json("/api/status").at("/transfers/longest/0"), it -> !it.isMissingNode());
        assertThat(transfer.path("repository").asText()).isEqualTo("a/b");
        assertThat(transfer.path("kind").asText()).isEqualTo("blob");
        assertThat(transfer.path("from").asText()).isEqualTo("cache");
        assertThat(transfer.path("client").asText()).isEqualTo("127.0.0.1");
        assertThat(transfer.path("length").asLong()).isEqualTo(layer.size());
        slow.join();
        await().until(() -> json("/api/status").at("/transfers/inFlight").asInt() == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "GHCR.io%201.0", "b:1", "1.0"})
    void shouldFindImagesByPartsOfTheirNames(String query) {
        JsonNode images = json("/api/images?q=" + query);

        assertThat(images.at("/images/0/pull").asText())
                .isEqualTo("docker pull " + cache.endpoint() + "/ghcr.io/a/b:1.0");
        assertThat(images.at("/images/0/cached").asText()).isEqualTo("whole");
        assertThat(images.path("more").asBoolean()).isFalse();
        assertThat(images.at("/unavailable/0").asText()).isEqualTo("s3.example.com");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing", "%3Cscript%3E", "..%2F..", "%00", "%24%7Bbody%7D", "a&q=b&q=c"})
    void shouldFindNothingForImagesThatAreNotStored(String query) {
        assertThat(json("/api/images?q=" + query).path("images")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/status/page.js", "/status/storage.js", "/api/status", "/api/traffic", "/api/images"})
    void shouldChangeNothing(String path) throws IOException {
        for (String method : new String[] {"POST", "PUT", "DELETE", "PATCH"}) {
            assertThat(ask(method, path).status()).as(method).isEqualTo(405);
        }
        assertThat(ask("HEAD", path).status()).isEqualTo(200);
        assertThat(ask("GET", path).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nothing", "/status/../index.html", "/status/", "/status/index.html/x", "/page.js"})
    void shouldGiveOutNothingElse(String path) throws IOException {
        assertThat(ask("GET", path).status()).isEqualTo(404);
    }

    @Test
    void shouldForbidThePageEverythingThatItDoesNotNeed() throws IOException {
        HttpReply page = ask("GET", "/");

        assertThat(page.header("Content-Security-Policy").orElseThrow())
                .startsWith("default-src 'none'; script-src 'self';")
                .contains("frame-ancestors 'none'");
        assertThat(page.header("X-Content-Type-Options")).contains("nosniff");
    }
}
