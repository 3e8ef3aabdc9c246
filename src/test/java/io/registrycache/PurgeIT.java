package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.registrycache.rig.Blob;
import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.Command;
import io.registrycache.rig.Download;
import io.registrycache.rig.JmxClient;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.Ports;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.Skopeo;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator removes cached images. */
class PurgeIT {

    private static UpstreamRegistry upstream;
    private static PushedImage pushed;

    private final int jmxPort = Ports.free();

    @TempDir
    Path storage;

    @TempDir
    Path folder;

    @BeforeAll
    static void push() throws IOException {
        upstream = UpstreamRegistry.open();
        try (OciImage image = OciImage.random(1, 20_000_000, 1_000_000)) {
            pushed = image.push(upstream, "my/image", "tag");
        }
    }

    @AfterAll
    static void stop() {
        upstream.close();
    }

    private CacheProcess start() {
        return CacheProcess.builder()
                .storage(storage)
                .upstreams(upstream.configElement("ghcr.io"))
                .env("JMX_PORT", Integer.toString(jmxPort))
                .start();
    }

    private void pull(CacheProcess cache) throws IOException {
        Path layout = Files.createTempDirectory(folder, "layout");
        assertThat(Skopeo.anonymous().copy(cache.endpoint() + "/ghcr.io/my/image:tag", layout))
                .isEqualTo(pushed.manifestDigest());
        cache.awaitCached("ghcr.io", pushed.layers().toArray(new Blob[0]));
    }

    private String purge(String image) {
        return Command.of(
                        "env",
                        "CONFIG=[" + upstream.configElement("ghcr.io") + "]",
                        "ROUTES_DIR=" + Path.of("routes").toAbsolutePath(),
                        "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY=" + storage,
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        "target/docker-registry-cache.jar",
                        "purge",
                        image)
                .run();
    }

    private long stored() throws IOException {
        try (var files = Files.walk(storage.resolve("ghcr.io/docker/registry/v2/blobs"))) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    @Test
    void shouldPurgeATagOverJmxWhileASlowClientReadsToTheEnd() throws Exception {
        Blob layer = pushed.layers().get(0);
        try (CacheProcess cache = start();
                JmxClient jmx = JmxClient.connect(jmxPort)) {
            pull(cache);
            long before = stored();
            CompletableFuture<Download.Result> slow = CompletableFuture.supplyAsync(() -> {
                try {
                    return Download.of(cache.url() + "/v2/ghcr.io/my/image/blobs/" + layer.digest())
                            .throttledTo(5_000_000)
                            .run();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            await().until(() -> jmx.upstreamAttribute("ghcr.io", "InFlight").equals(1L));

            assertThat(jmx.purge("ghcr.io", "my/image:tag")).isEqualTo(before);

            assertThat(slow.isDone()).isFalse();
            assertThat(stored()).isZero();
            assertThat(slow.get(30, TimeUnit.SECONDS).digest()).isEqualTo(layer.digest());
            assertThatThrownBy(() -> jmx.purge("ghcr.io", "my/image:tag"))
                    .hasRootCauseMessage("my/image:tag is not stored");
            pull(cache);
            assertThat(stored()).isEqualTo(before);
        }
    }

    @Test
    void shouldPurgeByACommandWhileTheProgramRuns() throws Exception {
        try (CacheProcess cache = start()) {
            pull(cache);
            assertThat(purge("ghcr.io/my/image")).matches("ghcr.io/my/image: [0-9]{8} bytes freed\\s*");
            assertThat(stored()).isZero();
            assertThatThrownBy(() -> purge("ghcr.io/my/image"))
                    .hasMessageContaining("docker-registry-cache: ghcr.io/my/image: my/image is not stored");
            pull(cache);
        }
    }

    @Test
    void shouldWarnOfTheFolderOfAnUpstreamThatIsNotConfiguredAndNameTheCommandThatRemovesIt() throws Exception {
        try (CacheProcess cache = start()) {
            pull(cache);
        }
        Path old = storage.resolve("old.example.com");
        Files.move(storage.resolve("ghcr.io"), old);
        try (CacheProcess cache = start()) {
            await().until(() -> cache.program().output().contains("old.example.com"));
            String line = cache.program()
                    .output()
                    .lines()
                    .filter(it -> it.contains("WARN") && it.contains("old.example.com"))
                    .findFirst()
                    .orElseThrow();
            assertThat(line).containsPattern("has 21[0-9]{6} bytes of an upstream that is not configured");

            String command = line.substring(line.indexOf("REGISTRY_STORAGE"));
            Command.of("sh", "-c", command).run();

            assertThat(old).doesNotExist();
            pull(cache);
        }
    }
}
