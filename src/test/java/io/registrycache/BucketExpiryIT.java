package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.registrycache.rig.Blob;
import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.HttpReply;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.S3Proxy;
import io.registrycache.rig.Skopeo;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A bucket whose lifecycle rules delete what the cache stored; docs/storage.md names the rules. */
class BucketExpiryIT {

    private static final String REGISTRY = "ghcr.io/docker/registry/v2/";
    private static final int BLOBS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path temp;

    private static UpstreamRegistry upstream;
    private static OciImage image;
    private static PushedImage pushed;
    private static S3Proxy s3;
    private static CacheProcess.Builder builder;
    private static CacheProcess cache;

    /** The objects that a rule covers. */
    private enum Rule {
        /** By size. */
        LAYERS,
        /** By the prefix of all content, manifests included. */
        CONTENT,
        /** The links of repositories and tags; content stays. */
        LINKS,
        /** The whole bucket, with the child's own notes. */
        EVERYTHING;

        Predicate<String> covers(PushedImage pushed) {
            return switch (this) {
                case LAYERS -> key -> pushed.layers().stream().anyMatch(layer -> key.endsWith(data(layer.digest())));
                case CONTENT -> key -> key.startsWith(REGISTRY + "blobs/");
                case LINKS -> key -> key.startsWith(REGISTRY + "repositories/");
                case EVERYTHING -> key -> true;
            };
        }

        /** Which content is missing afterwards, by its digest. */
        List<String> missing(PushedImage pushed) {
            List<String> digests =
                    new ArrayList<>(pushed.layers().stream().map(Blob::digest).toList());
            if (this != LAYERS) {
                digests.add(pushed.configDigest());
            }
            return digests;
        }

        private static String data(String digest) {
            return digest.substring("sha256:".length()) + "/data";
        }
    }

    @BeforeAll
    static void start() throws IOException {
        upstream = UpstreamRegistry.open();
        image = OciImage.random(1, 50_000, 3_000_000);
        pushed = image.push(upstream, "my/image", "1");
        s3 = S3Proxy.start();
        builder = CacheProcess.builder().upstreams(upstream.configElement("ghcr.io"));
        s3.variables().forEach(builder::env);
        cache = builder.start();
    }

    @AfterAll
    static void stop() {
        cache.close();
        s3.close();
        image.close();
        upstream.close();
    }

    @BeforeEach
    void cacheTheImage() {
        // An upstream that has come back is asked again a moment later.
        await().atMost(PATIENCE).untilAsserted(this::pull);
        awaitStored();
    }

    private static void stopCache() {
        cache.stop();
        cache.close();
    }

    private void pull() throws IOException {
        Path layout = temp.resolve(UUID.randomUUID().toString());
        assertThat(Skopeo.anonymous().copy(cache.endpoint() + "/ghcr.io/my/image:1", layout))
                .isEqualTo(pushed.manifestDigest());
    }

    /** Until all is in the bucket, and no download serves it any more. */
    private void awaitStored() {
        List<String> digests =
                new ArrayList<>(pushed.layers().stream().map(Blob::digest).toList());
        digests.add(pushed.configDigest());
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(s3.blobs("ghcr.io")).isEqualTo(BLOBS);
            for (String digest : digests) {
                assertThat(ask("HEAD", "blobs/" + digest).header("Cache-Status"))
                        .hasValueSatisfying(status -> assertThat(status).contains("detail=child"));
            }
        });
    }

    private HttpReply ask(String method, String path) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(cache.endpoint())) {
            probe.request(method, "/v2/ghcr.io/my/image/" + path, "Accept: " + pushed.mediaType());
            return method.equals("HEAD") ? probe.receiveHead() : probe.receive();
        }
    }

    /** How often the upstream sent each blob so far, by its digest. */
    private Map<String, Integer> sent() {
        Map<String, Integer> sent = new HashMap<>();
        upstream.requests().stream()
                .filter(request ->
                        request.method().equals("GET") && request.path().contains("/blobs/"))
                .forEach(request ->
                        sent.merge(request.path().substring(request.path().lastIndexOf('/') + 1), 1, Integer::sum));
        return sent;
    }

    @ParameterizedTest
    @EnumSource
    void shouldFetchDeletedContentOnceMore(Rule rule) throws IOException {
        Map<String, Integer> expected = sent();
        for (boolean whileRunning : List.of(true, false)) {
            if (!whileRunning) {
                stopCache();
            }
            assertThat(s3.expire(rule.covers(pushed))).isNotEmpty();
            if (!whileRunning) {
                cache = builder.start();
            }
            rule.missing(pushed).forEach(digest -> expected.merge(digest, 1, Integer::sum));

            pull();

            awaitStored();
            assertThat(sent()).as("running: %s", whileRunning).isEqualTo(expected);
            pull();
            assertThat(sent()).as("cached again, running: %s", whileRunning).isEqualTo(expected);
        }
    }

    @Test
    void shouldServeAnImageThatWasFetchedAgainWhileTheUpstreamIsDown() throws IOException {
        s3.expire(Rule.EVERYTHING.covers(pushed));
        pull();
        awaitStored();

        upstream.stop();
        try {
            pull();
            stopCache();
            cache = builder.start();
            pull();
        } finally {
            upstream.start();
        }
    }

    @Test
    void shouldNotClaimToHaveDeletedContentWhileTheUpstreamIsDown() throws IOException {
        s3.expire(Rule.LAYERS.covers(pushed));
        upstream.stop();
        try {
            String layer = "blobs/" + pushed.layers().get(1).digest();
            assertThat(ask("HEAD", layer).status()).isEqualTo(503);
            assertThat(ask("GET", layer).status()).isEqualTo(503);
            assertThat(ask("GET", "manifests/1").text()).isEqualTo(pushed.manifest());
            assertThatThrownBy(this::pull).hasMessageContaining("503");
        } finally {
            upstream.start();
        }
    }

    @Test
    void shouldSayThatTheUpstreamIsDownWhenAManifestHasGone() throws Exception {
        // A manifest that has just been fetched is in memory for 10 s, for the child.
        Thread.sleep(10_500);
        s3.expire(Rule.CONTENT.covers(pushed));
        upstream.stop();
        try {
            assertThat(ask("GET", "manifests/1").status()).isEqualTo(503);
            assertThat(ask("HEAD", "manifests/1").status()).isEqualTo(503);
            assertThat(ask("GET", "manifests/" + pushed.manifestDigest()).status())
                    .isEqualTo(503);
            assertThat(ask("GET", "blobs/" + pushed.configDigest()).status()).isEqualTo(503);
        } finally {
            upstream.start();
        }
    }
}
