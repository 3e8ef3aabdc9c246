package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.registrycache.rig.Blob;
import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.Command;
import io.registrycache.rig.Distance;
import io.registrycache.rig.Download;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.Skopeo;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The storage has no room. */
class FullDiskIT {

    @TempDir
    Path disk;

    @TempDir
    Path folder;

    private UpstreamRegistry upstream;
    private OciImage image;
    private PushedImage pushed;

    @BeforeEach
    void aSmallDisk() throws IOException {
        try {
            Command.of("mount", "-t", "tmpfs", "-o", "size=10m", "tmpfs", disk.toString())
                    .run();
        } catch (IllegalStateException e) {
            System.out.println("SKIPPED: a small disk needs the right to mount one");
            Assumptions.abort("cannot mount");
        }
        upstream = UpstreamRegistry.open();
        image = OciImage.random(1, 30_000_000);
        pushed = image.push(upstream, "a/b", "1");
    }

    @AfterEach
    void unmount() {
        if (upstream != null) {
            upstream.close();
            image.close();
            Command.of("umount", "-l", disk.toString()).run();
        }
    }

    private void fill() throws IOException {
        try (OutputStream file = Files.newOutputStream(disk.resolve("filler"))) {
            byte[] block = new byte[4096];
            while (true) {
                file.write(block);
            }
        } catch (IOException e) {
            // A fetch that fails for it removes the record of its spool.
            assertThat(Files.getFileStore(disk).getUsableSpace()).isLessThan(64 << 10);
        }
    }

    private void assertPulled(CacheProcess cache, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            // A new one, for skopeo pulls nothing that it has.
            Path layout = Files.createTempDirectory(folder, "layout");
            assertThat(Skopeo.anonymous().copy(cache.endpoint() + "/ghcr.io/a/b:1", layout))
                    .isEqualTo(pushed.manifestDigest());
        }
    }

    private CacheProcess start() {
        return CacheProcess.builder()
                .storage(disk)
                .upstreams(upstream.configElement("ghcr.io"))
                .start();
    }

    @Test
    void shouldFailNoPullOfALayerThatIsLargerThanTheDiskAndCacheItOnceThereIsRoom() throws IOException {
        try (CacheProcess cache = start()) {
            assertPulled(cache, 3);

            Command.of("mount", "-o", "remount,size=200m", disk.toString()).run();

            assertPulled(cache, 1);
            cache.awaitCached("ghcr.io", pushed.layers().get(0));
        }
    }

    @Test
    void shouldFailNoPullWhenNotABlockIsLeft() throws IOException {
        try (CacheProcess cache = start()) {
            await().until(() -> cache.program().output().contains("child=serving"));
            fill();

            assertPulled(cache, 3);
        }
    }

    @Test
    void shouldEvictWhenImagesArePulledThatTheDiskCannotHoldTogether() throws IOException {
        Command.of("mount", "-o", "remount,size=50m", disk.toString()).run();
        try (OciImage second = OciImage.random(2, 15_000_000, 5_000_000);
                CacheProcess cache = start()) {
            PushedImage other = second.push(upstream, "a/c", "1");
            for (int i = 0; i < 2; i++) {
                assertPulled(cache, 1);
                cache.awaitCached("ghcr.io", pushed.layers().get(0));
                Skopeo.anonymous()
                        .copy(cache.endpoint() + "/ghcr.io/a/c:1", Files.createTempDirectory(folder, "layout"));
                cache.awaitCached("ghcr.io", other.layers().toArray(Blob[]::new));
            }

            assertThat(cache.program().output()).doesNotContain("it is not cached");
        }
    }

    @Test
    void shouldEvictForANewLayerWhenOthersHaveFilledTheDisk() throws IOException {
        Command.of("mount", "-o", "remount,size=60m", disk.toString()).run();
        try (OciImage second = OciImage.random(2, 10_000_000);
                CacheProcess cache = start()) {
            PushedImage other = second.push(upstream, "a/c", "1");
            assertPulled(cache, 1);
            cache.awaitCached("ghcr.io", pushed.layers().get(0));
            fill();

            // The first bytes, before there is room, cannot be written.
            for (int i = 0; i < 2; i++) {
                Skopeo.anonymous()
                        .copy(cache.endpoint() + "/ghcr.io/a/c:1", Files.createTempDirectory(folder, "layout"));
            }

            cache.awaitCached("ghcr.io", other.layers().get(0));
            assertThat(cache.blobFile("ghcr.io", pushed.layers().get(0))).doesNotExist();
        }
    }

    @Test
    void shouldGoOnWithoutTheDiskWhenItBecomesFullInTheMiddleOfALayer() throws Exception {
        Command.of("mount", "-o", "remount,size=40m", disk.toString()).run();
        try (Distance line = Distance.to(upstream.port(), Duration.ofMillis(20)).bandwidth(10_000_000);
                CacheProcess cache = CacheProcess.builder()
                        .storage(disk)
                        .upstreams(line.configElement("ghcr.io"))
                        .start()) {
            Blob blob = pushed.layers().get(0);
            CompletableFuture<Download.Result> running = CompletableFuture.supplyAsync(() -> {
                try {
                    return Download.of(cache.url() + "/v2/ghcr.io/a/b/blobs/" + blob.digest())
                            .run();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            await().until(() -> line.bytes() > 5_000_000);
            fill();

            assertThat(running.get().digest()).isEqualTo(blob.digest());
        }
    }
}
