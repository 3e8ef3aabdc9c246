package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.registrycache.rig.Blob;
import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.Download;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.HttpReply;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.SickUpstream;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The upstream is down in one way or another, and cached images are served all the same. */
@Isolated
class OutageIT {

    @TempDir
    Path storage;

    private UpstreamRegistry upstream;
    private OciImage image;
    private PushedImage cached;
    private CacheProcess cache;

    @BeforeEach
    void pullOnce() throws IOException {
        upstream = UpstreamRegistry.open();
        image = OciImage.random(1, 50_000, 30_000_000);
        cached = image.push(upstream, "my/image", "1");
        image.push(upstream, "not/pulled", "1");
        start(upstream.configElement("ghcr.io"));
        assertServed();
        cache.awaitCached("ghcr.io", cached.layers().toArray(Blob[]::new));
        cache.awaitCached("ghcr.io", cached.config());
    }

    @AfterEach
    void stop() {
        cache.close();
        image.close();
        upstream.close();
    }

    private void start(String upstreams) {
        cache = CacheProcess.builder().storage(storage).upstreams(upstreams).start();
    }

    private void restart(String upstreams) {
        assertThat(cache.stop()).isZero();
        cache.close();
        start(upstreams);
    }

    private String element(String url) {
        return "{\"registry\": \"" + url + "\", \"name\": \"ghcr.io\"}";
    }

    private HttpReply get(String path) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(cache.endpoint())) {
            probe.get("/v2/ghcr.io/" + path, "Accept: " + cached.mediaType());
            return probe.receive();
        }
    }

    private void assertServed() throws IOException {
        assertThat(get("my/image/manifests/1").body()).isEqualTo(cached.manifestBytes());
        assertThat(get("my/image/manifests/" + cached.manifestDigest()).body()).isEqualTo(cached.manifestBytes());
        for (Blob blob : cached.layers()) {
            assertThat(blob(blob).run().digest()).isEqualTo(blob.digest());
        }
        assertThat(blob(cached.config()).run().digest()).isEqualTo(cached.configDigest());
    }

    private Download blob(Blob blob) {
        return Download.of(cache.url() + "/v2/ghcr.io/my/image/blobs/" + blob.digest());
    }

    private void assertUnavailable(String path) throws IOException {
        HttpReply reply = get(path);
        assertThat(reply.status()).as(reply.text()).isEqualTo(503);
        assertThat(reply.header("Retry-After")).isPresent();
        assertThat(reply.text()).contains("UNAVAILABLE", "ghcr.io");
    }

    private void awaitState(String state) {
        await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> {
            try (HttpProbe probe = HttpProbe.connect(cache.managementEndpoint())) {
                probe.get("/observe/health");
                assertThat(probe.receive().text()).contains("\"ghcr.io\",\"state\":\"" + state);
            }
        });
    }

    @Test
    void shouldServeCachedImagesWhileTheUpstreamRefusesConnections() throws IOException {
        upstream.stop();

        assertServed();
        assertUnavailable("not/pulled/manifests/1");
        assertUnavailable("my/image/blobs/sha256:" + "0".repeat(64));
        assertUnavailable("not/pulled/manifests/sha256:" + "0".repeat(64));
        upstream.start();
        await().atMost(Duration.ofSeconds(1))
                .untilAsserted(
                        () -> assertThat(get("not/pulled/manifests/1").status()).isEqualTo(200));
    }

    @Test
    void shouldServeCachedImagesAfterARestartAndPullThroughWhenTheUpstreamIsBack() throws Exception {
        upstream.stop();
        restart(upstream.configElement("ghcr.io"));

        assertServed();
        awaitState("Unreachable");
        assertUnavailable("not/pulled/manifests/1");

        CompletableFuture<Download.Result> slow = CompletableFuture.supplyAsync(() -> {
            try {
                return blob(cached.layers().get(1)).throttledTo(2_000_000).run();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        upstream.start();
        awaitState("Serving");
        assertThat(slow).isNotDone();
        assertThat(get("not/pulled/manifests/1").status()).isEqualTo(200);
        assertThat(slow.get().digest()).isEqualTo(cached.layers().get(1).digest());
    }

    @Test
    void shouldListStoredTagsInPagesDuringAnOutage() throws IOException {
        for (String tag : List.of("c", "a", "b")) {
            image.push(upstream, "my/image", tag);
            assertThat(get("my/image/manifests/" + tag).status()).isEqualTo(200);
        }
        upstream.stop();
        assertServed();
        awaitState("Unreachable");

        HttpReply first = get("my/image/tags/list?n=2");
        assertThat(first.text()).isEqualToIgnoringNewLines("{\"name\":\"ghcr.io/my/image\",\"tags\":[\"1\",\"a\"]}");
        assertThat(first.header("Link")).hasValue("</v2/ghcr.io/my/image/tags/list?n=2&last=a>; rel=\"next\"");
        HttpReply second = get("my/image/tags/list?n=2&last=a");
        assertThat(second.text()).contains("[\"b\",\"c\"]");
        assertThat(second.header("Link")).isEmpty();
        assertThat(get("my/image/tags/list").text()).contains("[\"1\",\"a\",\"b\",\"c\"]");
        assertUnavailable("not/pulled/tags/list");
    }

    @Test
    void shouldServeACachedTagInTimeWhenTheUpstreamNeverAnswers() throws IOException {
        upstream.program().signal("STOP");
        for (int i = 0; i < 3; i++) {
            Instant start = Instant.now();
            assertThat(get("my/image/manifests/1").body()).isEqualTo(cached.manifestBytes());
            assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(5));
        }
        awaitState("Unreachable");
        assertUnavailable("not/pulled/manifests/1");

        upstream.program().signal("CONT");
        awaitState("Serving");
        assertThat(get("not/pulled/manifests/1").status()).isEqualTo(200);
    }

    @Test
    void shouldServeCachedImagesAfterARestartWhenTheUpstreamNeverAnswers() throws IOException {
        upstream.program().signal("STOP");
        restart(upstream.configElement("ghcr.io"));

        Instant start = Instant.now();
        assertThat(get("my/image/manifests/1").body()).isEqualTo(cached.manifestBytes());
        assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(5));
        assertServed();
        upstream.program().signal("CONT");
        awaitState("Serving");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://127.0.0.1:%d", "https://no-such-host.invalid"})
    void shouldServeCachedImagesWhenTlsOrTheNameFails(String url) throws IOException {
        restart(element(url.formatted(upstream.port())));

        assertServed();
        awaitState("Unreachable");
        assertUnavailable("not/pulled/manifests/1");
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 503, 429})
    void shouldServeCachedImagesWhileTheUpstreamAnswersWithErrors(int status) throws IOException {
        upstream.stop();
        try (SickUpstream sick = SickUpstream.answering(status, upstream.port())) {
            assertServed();
            HttpReply reply = get("not/pulled/manifests/1");
            assertThat(reply.status()).isEqualTo(status);
            assertThat(reply.header("Retry-After")).contains("17");
            restart(upstream.configElement("ghcr.io"));
            assertServed();
        }
    }
}
