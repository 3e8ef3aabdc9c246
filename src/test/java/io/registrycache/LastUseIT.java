package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.Distance;
import io.registrycache.rig.FakeClock;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.Skopeo;
import io.registrycache.rig.StoredImage;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** The least recently used content goes first, also after a kill and when the clock is set. */
@Isolated
class LastUseIT {

    private static final long MB = 1_000_000;

    @TempDir
    private Path folder;

    private UpstreamRegistry upstream;
    private CacheProcess.Builder builder;

    @BeforeEach
    void open() {
        upstream = UpstreamRegistry.open();
        builder = CacheProcess.builder()
                .storage(folder.resolve("storage"))
                .upstreams(upstream.configElement("ghcr.io"))
                .env("CACHE_LIMIT", "30MB");
    }

    @AfterEach
    void close() {
        upstream.close();
    }

    private PushedImage push(String name, int seed, long... layers) throws IOException {
        try (OciImage image = OciImage.random(seed, layers)) {
            return image.push(upstream, name, "1");
        }
    }

    private StoredImage pull(CacheProcess cache, PushedImage image) throws IOException {
        Path layout = Files.createTempDirectory(folder, "layout");
        assertThat(Skopeo.anonymous().copy(reference(cache, image), layout)).isEqualTo(image.manifestDigest());
        return new StoredImage(cache, "ghcr.io", image).await();
    }

    private static String reference(CacheProcess cache, PushedImage image) {
        return cache.endpoint() + "/ghcr.io/" + image.name() + ":" + image.tag();
    }

    private static StoredImage in(CacheProcess cache, PushedImage image) {
        return new StoredImage(cache, "ghcr.io", image);
    }

    private static void head(CacheProcess cache, PushedImage image) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(cache.endpoint())) {
            probe.request(
                    "HEAD",
                    "/v2/ghcr.io/" + image.name() + "/manifests/" + image.tag(),
                    "Accept: " + image.mediaType());
            assertThat(probe.receiveHead().status()).isEqualTo(200);
        }
    }

    @Test
    void shouldKeepTheLayersOfAnImageOfWhichOnlyTheManifestIsAskedForAlsoAfterARestart() throws IOException {
        PushedImage inspected = push("my/inspected", 1, 8 * MB);
        PushedImage checked = push("my/checked", 2, 8 * MB);
        PushedImage unused = push("my/unused", 3, 8 * MB);
        PushedImage other = push("my/other", 4, 8 * MB);
        try (CacheProcess cache = builder.start()) {
            pull(cache, inspected).unusedFor(Duration.ofDays(9));
            pull(cache, checked).unusedFor(Duration.ofDays(8));
            pull(cache, unused).unusedFor(Duration.ofDays(7));
        }
        // Without the content of its memory, as days later.
        try (CacheProcess cache = builder.start()) {
            Skopeo.anonymous().inspectRaw(reference(cache, inspected));
            head(cache, checked);
            await().until(() -> in(cache, inspected).unused(0).toHours() == 0);
            await().until(() -> in(cache, checked).unused(0).toHours() == 0);
        }
        try (CacheProcess cache = builder.start()) {
            pull(cache, other);

            assertThat(in(cache, inspected).layers()).containsExactly(true);
            assertThat(in(cache, checked).layers()).containsExactly(true);
            assertThat(in(cache, unused).layers()).containsExactly(false);
        }
    }

    @Test
    void shouldCountANewManifestAsAUseOfTheOldLayersThatItReferences() throws IOException {
        PushedImage old = push("my/app", 5, 8 * MB, MB);
        try (CacheProcess cache = builder.start()) {
            StoredImage stored = pull(cache, old).unusedFor(Duration.ofDays(9));
            // The same first layer.
            PushedImage next = push("my/next", 5, 8 * MB, 2 * MB);
            assertThat(next.layers().get(0)).isEqualTo(old.layers().get(0));
            for (int i = 0; i < 2; i++) {
                Skopeo.anonymous().inspectRaw(reference(cache, next));
            }

            await().until(() -> stored.unused(0).toHours() == 0);
            assertThat(stored.unused(1)).isGreaterThan(Duration.ofDays(8));
        }
    }

    @Test
    void shouldFetchOnlyTheMissingLayerOfAnImage() throws IOException {
        PushedImage image = push("my/image", 6, 8 * MB, 3 * MB);
        PushedImage other = push("my/other", 7, 20 * MB);
        try (Distance line = Distance.to(upstream.port(), Duration.ofMillis(1));
                CacheProcess cache =
                        builder.upstreams(line.configElement("ghcr.io")).start()) {
            StoredImage stored = pull(cache, image);
            StoredImage.setBack(stored.layer(0), Duration.ofDays(1));
            // Room for the image when it is pulled again.
            pull(cache, other).unusedFor(Duration.ofDays(2));
            assertThat(stored.layers()).containsExactly(false, true);
            line.forget();

            pull(cache, image);

            assertThat(line.requests())
                    .filteredOn(request -> request.contains("/blobs/"))
                    .containsExactly(
                            "GET /v2/my/image/blobs/" + image.layers().get(0).digest());
            long missing = image.layers().get(0).size();
            assertThat(line.bytes()).isBetween(missing, missing + 10_000);
        }
    }

    @Test
    void shouldNeverEvictAPinnedImageEvenIfItsUpstreamHasDeletedIt() throws IOException {
        PushedImage pinned = push("my/pinned", 8, 8 * MB);
        List<PushedImage> others = new ArrayList<>();
        for (int seed = 9; seed < 13; seed++) {
            others.add(push("my/other" + seed, seed, 9 * MB));
        }
        String config = "{\"registry\": \"%s\", \"name\": \"ghcr.io\", \"pin\": [\"my/pinned:1\"]}";
        builder.upstreams(config.formatted(upstream.url()));
        try (CacheProcess cache = builder.start()) {
            pull(cache, pinned).unusedFor(Duration.ofDays(100));
            try (HttpProbe probe = HttpProbe.connect(upstream.host())) {
                probe.request("DELETE", "/v2/my/pinned/manifests/" + pinned.manifestDigest());
                assertThat(probe.receive().status()).isEqualTo(202);
            }
            for (PushedImage other : others) {
                pull(cache, other);
            }

            assertThat(in(cache, others.get(0)).layers()).containsExactly(false);
            in(cache, pinned).await();
        }
    }

    @Test
    void shouldRemoveAtStartContentOlderThanTheTtlAndAbandonedUploads() throws IOException {
        PushedImage old = push("my/old", 14, MB);
        PushedImage young = push("my/young", 15, MB);
        builder.env("REGISTRY_PROXY_TTL", "24h");
        try (CacheProcess cache = builder.start()) {
            pull(cache, old).unusedFor(Duration.ofHours(25));
            pull(cache, young).unusedFor(Duration.ofHours(23));
        }
        Path abandoned = upload("abandoned", Duration.ofMinutes(61));
        Path running = upload("running", Duration.ofMinutes(59));
        try (CacheProcess cache = builder.start()) {
            await().atMost(30, TimeUnit.SECONDS).until(() -> Files.notExists(abandoned));
            await().until(() -> !in(cache, old).layers().get(0));

            in(cache, young).await();
            assertThat(running).exists();
        }
    }

    private Path upload(String name, Duration age) throws IOException {
        Path upload = folder.resolve("storage/ghcr.io/docker/registry/v2/repositories/my/young/_uploads")
                .resolve(name);
        Files.createDirectories(upload);
        StoredImage.setBack(Files.writeString(upload.resolve("data"), "half of a layer"), age);
        StoredImage.setBack(upload, age);
        return upload;
    }

    @Test
    void shouldEvictInTheRightOrderWhenTheClockIsSet() throws Exception {
        FakeClock.assumeAvailable();
        PushedImage first = push("my/first", 16, 9 * MB);
        PushedImage second = push("my/second", 17, 9 * MB);
        PushedImage third = push("my/third", 18, 13 * MB);
        PushedImage fourth = push("my/fourth", 19, 9 * MB);
        try (FakeClock clock = FakeClock.create()) {
            clock.variables().forEach(builder::env);
            try (CacheProcess cache = builder.env("CACHE_KEEP", "1d").start()) {
                pull(cache, first).unusedFor(Duration.ofHours(2));
                pull(cache, second).unusedFor(Duration.ofHours(1));
                await().until(() -> cache.program().output().contains("child=serving"));

                clock.set(Duration.ofDays(3));
                TimeUnit.SECONDS.sleep(2);
                // All seems to be unused for three days; only as much goes as the limit demands.
                pull(cache, third);
                assertThat(in(cache, first).layers()).containsExactly(false);
                assertThat(in(cache, second).layers()).containsExactly(true);
                Path future = in(cache, third).layer(0);
                Files.setLastModifiedTime(future, FileTime.from(Instant.now().plus(Duration.ofDays(3))));

                clock.set(Duration.ZERO);
                await().atMost(60, TimeUnit.SECONDS)
                        .until(() -> !in(cache, third).unused(0).isNegative());
                pull(cache, fourth);
                assertThat(in(cache, second).layers()).containsExactly(false);
                assertThat(in(cache, third).layers()).containsExactly(true);
            }
        }
    }

    @Test
    void shouldGoOnAfterItWasKilledInTheMiddleOfAnEviction() throws Exception {
        PushedImage image = push("my/image", 20, 5 * MB, 5 * MB, 5 * MB);
        try (CacheProcess cache = builder.start()) {
            pull(cache, image).unusedFor(Duration.ofHours(1));
        }
        Path blobs = folder.resolve("storage/ghcr.io/docker/registry/v2/blobs/sha256");
        int many = 3000;
        for (int i = 0; i < many; i++) {
            Path data = blobs.resolve("%02x/%064x/data".formatted(i % 256, i));
            Files.createDirectories(data.getParent());
            StoredImage.setBack(Files.write(data, new byte[10_000]), Duration.ofDays(2));
        }
        try (CacheProcess cache = builder.env("CACHE_LIMIT", "16MB").start()) {
            await().pollInterval(Duration.ofMillis(1)).until(() -> count(blobs) < many);
            cache.program().signal("KILL");
            cache.program().waitFor(Duration.ofSeconds(10));
            assertThat(count(blobs)).isGreaterThan(120);
        }
        try (CacheProcess cache = builder.start()) {
            await().atMost(60, TimeUnit.SECONDS).until(() -> count(blobs) < 120);
            in(cache, image).await();
            pull(cache, image);
        }
    }

    private static long count(Path blobs) throws IOException {
        long count = 0;
        try (Stream<Path> folders = Files.list(blobs)) {
            for (Path each : folders.toList()) {
                String[] names = each.toFile().list();
                count += names == null ? 0 : names.length;
            }
        }
        return count;
    }
}
