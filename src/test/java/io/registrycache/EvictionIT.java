package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.registrycache.rig.Blob;
import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.DiskGauge;
import io.registrycache.rig.Distance;
import io.registrycache.rig.DockerDaemon;
import io.registrycache.rig.Download;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.Skopeo;
import io.registrycache.rig.StoredImage;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits hold, measured on the disk, while real clients pull; content in use stays. */
class EvictionIT {

    private static final long MB = 1_000_000;

    @TempDir
    private Path folder;

    private UpstreamRegistry upstream;

    @BeforeEach
    void open() {
        upstream = UpstreamRegistry.open();
    }

    @AfterEach
    void close() {
        upstream.close();
    }

    private PushedImage push(int seed, long... layers) throws IOException {
        try (OciImage image = OciImage.random(seed, layers)) {
            return image.push(upstream, "my/image" + seed, "1");
        }
    }

    private List<PushedImage> push(int firstSeed, int count, long... layers) throws IOException {
        List<PushedImage> images = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            images.add(push(firstSeed + i, layers));
        }
        return images;
    }

    private CacheProcess start(String limit, String... upstreams) {
        String[] all = upstreams.length == 0 ? new String[] {upstream.configElement("ghcr.io")} : upstreams;
        return CacheProcess.builder()
                .storage(folder.resolve("storage"))
                .upstreams(all)
                .env("CACHE_LIMIT", limit)
                .start();
    }

    private void pull(CacheProcess cache, String name, PushedImage image) {
        try {
            // A new one, for skopeo pulls nothing that it has.
            Path layout = Files.createTempDirectory(folder, "layout");
            assertThat(Skopeo.anonymous().copy(reference(cache, name, image), layout))
                    .isEqualTo(image.manifestDigest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String reference(CacheProcess cache, String name, PushedImage image) {
        return cache.endpoint() + "/" + name + "/" + image.name() + ":" + image.tag();
    }

    private StoredImage stored(CacheProcess cache, PushedImage image) {
        return new StoredImage(cache, "ghcr.io", image).await();
    }

    private static Download layer(CacheProcess cache, PushedImage image, int number) {
        return Download.of(cache.url() + "/v2/ghcr.io/" + image.name() + "/blobs/"
                + image.layers().get(number).digest());
    }

    @Test
    void shouldStayWithinTheLimitWhileImagesArePulledRoundAndRound() throws IOException {
        DockerDaemon.assumeAvailable();
        List<PushedImage> images = push(1, 10, 10 * MB, 10 * MB, 10 * MB);
        try (CacheProcess cache = start("100MB");
                DiskGauge disk = DiskGauge.of(cache.storage());
                DockerDaemon docker = DockerDaemon.start()) {
            CompletableFuture<Void> skopeo = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 2 * images.size(); i++) {
                    pull(cache, "ghcr.io", images.get(i % images.size()));
                }
            });
            for (int i = images.size() - 1; i >= 0; i--) {
                String reference = reference(cache, "ghcr.io", images.get(i));
                docker.pull(reference);
                assertThat(docker.imageId(reference)).isEqualTo(images.get(i).configDigest());
                docker.remove(reference);
            }
            skopeo.join();

            // Layers that are being fetched are reserved, so that several at a time are not above it either.
            assertThat(disk.most()).isBetween(80 * MB, 100 * MB + 10 * MB);
            assertThat(disk.samples()).hasSizeGreaterThan(50);
            // For a moment all that is stored may be in use.
            assertThat(cache.program().output().lines().filter(line -> line.contains("it is not cached")))
                    .hasSizeLessThan(10);
        }
    }

    @Test
    void shouldStayWithinTheLimitRightAfterAStartWithAFullStorage() throws IOException {
        List<PushedImage> images = push(20, 5, 8 * MB);
        try (CacheProcess cache = start("25MB")) {
            for (PushedImage image : images.subList(0, 3)) {
                pull(cache, "ghcr.io", image);
                stored(cache, image);
            }
        }
        try (CacheProcess cache = start("25MB");
                DiskGauge disk = DiskGauge.of(cache.storage())) {
            for (PushedImage image : images.subList(3, 5)) {
                pull(cache, "ghcr.io", image);
                stored(cache, image);
            }
            assertThat(disk.most()).isBetween(16 * MB, 25 * MB + MB);
        }
    }

    @Test
    void shouldStreamALayerThatIsLargerThanTheLimitAndEvictNothingForIt() throws IOException {
        PushedImage small = push(30, 5 * MB);
        PushedImage large = push(31, 30 * MB);
        try (CacheProcess cache = start("20MB");
                DiskGauge disk = DiskGauge.of(cache.storage())) {
            pull(cache, "ghcr.io", small);
            StoredImage stored = stored(cache, small);
            for (int i = 0; i < 2; i++) {
                pull(cache, "ghcr.io", large);
            }

            assertThat(stored.layers()).containsExactly(true);
            assertThat(new StoredImage(cache, "ghcr.io", large).layers()).containsExactly(false);
            assertThat(disk.most()).isBetween(5 * MB, 20 * MB);
        }
    }

    @Test
    void shouldBoundEachUpstreamByALimitOfItsOwn() throws IOException {
        List<PushedImage> images = push(40, 5, 8 * MB);
        String config = "{\"registry\": \"%s\", \"name\": \"%s\", \"limit\": \"%s\"}";
        try (CacheProcess cache = start(
                        "1GB",
                        config.formatted(upstream.url(), "ghcr.io", "20MB"),
                        config.formatted(upstream.url(), "quay.io", "30MB"));
                DiskGauge ghcr = DiskGauge.of(cache.storage().resolve("ghcr.io"));
                DiskGauge quay = DiskGauge.of(cache.storage().resolve("quay.io"))) {
            for (PushedImage image : images) {
                CompletableFuture<Void> other = CompletableFuture.runAsync(() -> pull(cache, "ghcr.io", image));
                pull(cache, "quay.io", image);
                other.join();
            }
            stored(cache, images.get(4));

            assertThat(ghcr.most()).isBetween(16 * MB, 20 * MB + MB);
            assertThat(quay.most()).isBetween(24 * MB, 30 * MB + MB);
        }
    }

    @Test
    void shouldNotEvictALayerWhileASlowClientReadsIt() throws Exception {
        PushedImage read = push(50, 20 * MB);
        List<PushedImage> others = push(51, 3, 12 * MB);
        try (CacheProcess cache = start("50MB")) {
            pull(cache, "ghcr.io", read);
            StoredImage stored = stored(cache, read);
            try (HttpProbe slow = HttpProbe.connect(cache.endpoint())) {
                slow.get("/v2/ghcr.io/my/image50/blobs/" + read.layers().get(0).digest());
                InputStream body = slow.body(slow.receiveHead());
                byte[] begin = body.readNBytes(100_000);
                // The system counts it as an access.
                stored.unusedFor(Duration.ofDays(3));
                for (PushedImage other : others) {
                    pull(cache, "ghcr.io", other);
                }

                assertThat(stored.layers()).containsExactly(true);
                stored(cache, others.get(2));
                assertThat(new StoredImage(cache, "ghcr.io", others.get(0)).layers())
                        .containsExactly(false);
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                digest.update(begin);
                digest.update(body.readAllBytes());
                assertThat("sha256:" + HexFormat.of().formatHex(digest.digest()))
                        .isEqualTo(read.layers().get(0).digest());
            }
        }
    }

    @Test
    void shouldNotEvictALayerWhileItIsFetched() throws IOException {
        PushedImage fetched = push(60, 20 * MB);
        List<PushedImage> others = push(61, 3, 12 * MB);
        Blob blob = fetched.layers().get(0);
        try (Distance line = Distance.to(upstream.port(), Duration.ofMillis(5)).stalling();
                CacheProcess cache = start("50MB", line.configElement("ghcr.io"), upstream.configElement("quay.io"))) {
            line.cut(1, 5 * MB);
            layer(cache, fetched, 0).abortedAfter(1000).run();
            await().until(() -> line.bytes() >= 5 * MB);
            Path spool =
                    cache.storage().resolve("ghcr.io/_fetches/" + blob.digest().replace(':', '-'));
            await().until(() -> spool.toFile().length() >= 5 * MB);
            StoredImage.setBack(spool, Duration.ofDays(3));
            for (PushedImage other : others) {
                pull(cache, "quay.io", other);
            }

            assertThat(line.bytes()).isLessThan(6 * MB);
            new StoredImage(cache, "quay.io", others.get(2)).await();
            assertThat(new StoredImage(cache, "quay.io", others.get(0)).layers())
                    .containsExactly(false);
            await().atMost(90, TimeUnit.SECONDS)
                    .until(() -> cache.blobFile("ghcr.io", blob).toFile().length() == blob.size());
            assertThat(line.bytes()).isLessThan(blob.size() + 2 * MB);
        }
    }

    @Test
    void shouldAnswerRightWhileTheChildAsksForALayerThatIsEvicted() throws IOException {
        PushedImage image = push(70, 10 * MB);
        List<PushedImage> others = push(71, 3, 8 * MB);
        Blob blob = image.layers().get(0);
        try (CacheProcess cache = start("20MB")) {
            CompletableFuture<Void> pulls = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 9; i++) {
                    pull(cache, "ghcr.io", others.get(i % 3));
                }
            });
            while (!pulls.isDone()) {
                pull(cache, "ghcr.io", image);
                // Several ranges are for the child; if it lacks the layer, it answers with all of it.
                Download.Result result = layer(cache, image, 0)
                        .header("Range: bytes=0-9,5000000-5000009")
                        .run();
                assertThat(result.status() == 206 || result.digest().equals(blob.digest()))
                        .as(result::toString)
                        .isTrue();
            }
            pulls.join();
        }
    }
}
