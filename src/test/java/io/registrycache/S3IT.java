package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.registrycache.rig.Blob;
import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.ConfigElement;
import io.registrycache.rig.Download;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.HttpReply;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.S3Proxy;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cache on an S3 bucket. */
class S3IT {

    @TempDir
    Path temp;

    private UpstreamRegistry upstream;
    private OciImage image;
    private PushedImage pushed;
    private S3Proxy s3;
    private CacheProcess.Builder builder;
    private CacheProcess cache;

    @BeforeEach
    void start() throws IOException {
        upstream = UpstreamRegistry.open();
        image = OciImage.random(1, 50_000, 12_000_000);
        pushed = image.push(upstream, "my/image", "1");
        s3 = S3Proxy.start();
        builder = CacheProcess.builder().upstreams(upstream.configElement("ghcr.io"));
        s3.variables().forEach(builder::env);
        // The S3 driver of 2.8 panics when it is set.
        builder.env("AWS_CA_BUNDLE", "/etc/ssl/certs/ca-certificates.crt");
        cache = builder.start();
    }

    @AfterEach
    void stop() {
        cache.close();
        s3.close();
        image.close();
        upstream.close();
    }

    private HttpReply get(String path) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(cache.endpoint())) {
            probe.get("/v2/ghcr.io/my/image/" + path, "Accept: " + pushed.mediaType());
            return probe.receive();
        }
    }

    private void assertServed() throws IOException {
        HttpReply manifest = get("manifests/1");
        assertThat(manifest.text()).isEqualTo(new String(pushed.manifestBytes()));
        for (Blob blob : pushed.layers()) {
            String url = cache.url() + "/v2/ghcr.io/my/image/blobs/" + blob.digest();
            assertThat(Download.of(url).run().digest()).isEqualTo(blob.digest());
        }
    }

    private void awaitStored() {
        await().atMost(Duration.ofSeconds(60)).until(() -> s3.blobs("ghcr.io") == 3);
    }

    @Test
    void shouldServeFromTheBucketColdAndWarmAndAfterARestart() throws IOException {
        assertServed();
        awaitStored();
        assertServed();

        cache.stop();
        cache.close();
        upstream.stop();
        cache = builder.start();
        assertServed();
    }

    /** Docker Hub's rate limit counts each GET of a manifest. */
    @Test
    void shouldAskOnlyForTheHeadOfATagWhoseManifestIsInTheBucket() throws IOException {
        assertServed();
        awaitStored();
        await().until(() -> manifestRequests("GET") == 1);
        long heads = manifestRequests("HEAD");

        assertServed();

        await().until(() -> manifestRequests("HEAD") == heads + 1);
        assertThat(manifestRequests("GET")).isEqualTo(1);
    }

    private long manifestRequests(String method) {
        return upstream.requests().stream()
                .filter(request ->
                        request.method().equals(method) && request.path().contains("/manifests/"))
                .count();
    }

    @Test
    void shouldPullStraightFromTheUpstreamWhileTheBucketIsAway() throws IOException {
        assertServed();
        s3.stop();

        assertServed();

        s3.restart();
        assertServed();
    }

    @Test
    void shouldDiagnoseTheBucketAtStart() throws IOException {
        Map<String, String> mistakes = Map.of(
                "REGISTRY_STORAGE_S3_BUCKET", "NoSuchBucket",
                "REGISTRY_STORAGE_S3_SECRETKEY", "SignatureDoesNotMatch");
        for (Map.Entry<String, String> mistake : mistakes.entrySet()) {
            cache.close();
            cache = builder.env(mistake.getKey(), "another").start();

            await().untilAsserted(() -> assertStorageBlamed(get("manifests/1")));
            // A child of version 3 starts without a look into the bucket.
            await().untilAsserted(() -> assertThat(cache.program().output())
                    .containsAnyOf(
                            "upstream=ghcr.io child=down why=\"REGISTRY_STORAGE: the storage does not work",
                            "upstream=ghcr.io storage=failing why=\"")
                    .contains("s3aws: " + mistake.getValue())
                    .doesNotContain("reachable=false"));
            builder.env(mistake.getKey(), s3.variables().get(mistake.getKey()));
        }
    }

    @Test
    void shouldUseAnotherSecretAndAnotherStorageWithoutARestart() throws Exception {
        cache.close();
        Path secret = Files.writeString(temp.resolve("secret"), "the wrong one\n");
        Path config = Files.writeString(temp.resolve("config"), "[" + upstream.configElement("ghcr.io") + "]");
        builder = CacheProcess.builder()
                .env("CONFIG_FILE", config.toString())
                .env("REGISTRY_STORAGE_S3_SECRETKEY_FILE", secret.toString());
        s3.variables().forEach((name, value) -> {
            if (!name.equals("REGISTRY_STORAGE_S3_SECRETKEY")) {
                builder.env(name, value);
            }
        });
        cache = builder.start();
        await().untilAsserted(() -> assertStorageBlamed(get("manifests/1")));

        Files.writeString(secret, s3.variables().get("REGISTRY_STORAGE_S3_SECRETKEY"));
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(get("manifests/1").status()).isEqualTo(200));
        assertServed();
        awaitStored();

        String url = cache.url() + "/v2/ghcr.io/my/image/blobs/"
                + pushed.layers().get(1).digest();
        CompletableFuture<Download.Result> fromBucket =
                CompletableFuture.supplyAsync(() -> run(Download.of(url).throttledTo(4_000_000)));
        Files.writeString(
                config,
                "["
                        + ConfigElement.of("ghcr.io", upstream.url(), "REGISTRY_STORAGE", "filesystem")
                                .replace(
                                        "\"variables\":{",
                                        "\"variables\":{\"REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY\":\""
                                                + temp.resolve("files") + "\",")
                        + "]");
        await().atMost(Duration.ofSeconds(10))
                .until(() -> cache.program().output().contains("changed=\"ghcr.io (REGISTRY_STORAGE, "));
        assertServed();
        assertThat(temp.resolve("files/ghcr.io/docker/registry/v2/blobs")).isDirectory();
        assertThat(fromBucket.get().digest()).isEqualTo(pushed.layers().get(1).digest());
        await().atMost(Duration.ofSeconds(10))
                .until(() -> cache.program().children().size() == 1);
    }

    private static Download.Result run(Download download) {
        try {
            return download.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertStorageBlamed(HttpReply reply) {
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.header("Retry-After")).isPresent();
        assertThat(reply.text()).contains("UNAVAILABLE", "storage");
    }
}
