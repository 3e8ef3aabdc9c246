package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;

import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.ConfigElement;
import io.registrycache.rig.Containerd;
import io.registrycache.rig.Distance;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.HttpReply;
import io.registrycache.rig.LyingUpstream;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.Recipe;
import io.registrycache.rig.Sha256;
import io.registrycache.rig.Skopeo;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Upstreams that refuse HEAD, at a distance: pulls through the cache work as directly from them. */
class HeadlessIT {

    @TempDir
    private Path folder;

    private final ExecutorService clients = Executors.newCachedThreadPool();
    private UpstreamRegistry upstream;
    private Distance line;
    private CacheProcess cache;

    @BeforeEach
    void open() {
        upstream = UpstreamRegistry.open();
        line = Distance.to(upstream.port(), Duration.ofMillis(40));
        cache = CacheProcess.builder()
                .upstreams(line.configElement("ghcr.io"))
                .env("UPSTREAM_LAYERS", "1")
                .start();
    }

    @AfterEach
    void close() {
        clients.shutdownNow();
        assertThat(cache.stop()).isZero();
        cache.assertNoLeak();
        cache.close();
        line.close();
        upstream.close();
    }

    private PushedImage push(String name, int seed, long... layers) throws IOException {
        try (OciImage image = OciImage.random(seed, layers)) {
            return image.push(upstream, name, "1");
        }
    }

    private String pull(String client) {
        try {
            return Skopeo.anonymous().copy(cache.endpoint() + "/ghcr.io/my/image:1", folder.resolve(client));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpReply head(String path) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(cache.endpoint())) {
            probe.request("HEAD", "/v2/ghcr.io/" + path);
            return probe.receiveHead();
        }
    }

    private HttpReply get(String path) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(cache.endpoint())) {
            probe.get("/v2/ghcr.io/" + path);
            return probe.receive();
        }
    }

    private long headsAsked() {
        return line.requests().stream().filter(it -> it.startsWith("HEAD ")).count();
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 404, 405, 501})
    void shouldAnswerHeadFromGet(int refusal) throws IOException {
        line.refusingHead(refusal);
        PushedImage image = push("my/image", 1, 3_000_000, 1000);

        HttpReply byTag = head("my/image/manifests/1");
        assertThat(byTag.status()).isEqualTo(200);
        assertThat(byTag.header("Docker-Content-Digest")).contains(image.manifestDigest());
        assertThat(head("my/image/manifests/1").header("Content-Length"))
                .contains(Integer.toString(image.manifestBytes().length));
        assertThat(head("my/image/manifests/" + image.manifestDigest()).status())
                .isEqualTo(200);
        for (var layer : image.layers()) {
            HttpReply reply = head("my/image/blobs/" + layer.digest());
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.header("Content-Length")).contains(Long.toString(layer.size()));
        }

        // Learnt once for manifests and once for blobs.
        assertThat(headsAsked()).isLessThanOrEqualTo(2);
        assertThat(line.bytes()).isLessThan(100_000);
        assertThat(head("my/image/blobs/sha256:" + "0".repeat(64)).status()).isEqualTo(404);
        assertThat(head("my/image/manifests/2").status()).isEqualTo(404);
        assertThat(cache.program().output()).doesNotContain("reachable=false");
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 405})
    void shouldServeClientsWhoseLayersAreQueued(int refusal) throws IOException {
        Containerd.assumeAvailable();
        line.refusingHead(refusal).bandwidth(2_000_000);
        PushedImage image = push("my/image", 1, 3_000_000, 3_000_000, 100_000);
        Path hosts = folder.resolve("certs.d");
        Recipe.of("/etc/containerd/certs.d/_default/hosts.toml", cache.endpoint())
                .writeTo(hosts.resolve("_default/hosts.toml"));

        List<CompletableFuture<String>> digests = IntStream.range(0, 4)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> pull("client" + i), clients))
                .toList();
        try (Containerd containerd = Containerd.start()) {
            containerd.pull("ghcr.io/my/image:1", hosts);
            assertThat(containerd.digest("ghcr.io/my/image:1")).isEqualTo(image.manifestDigest());
        }
        digests.forEach(it -> assertThat(it.join()).isEqualTo(image.manifestDigest()));

        // Nothing is downloaded twice, whatever it takes to learn how large it is.
        assertThat(line.bytes()).isLessThan(6_300_000);
    }

    @Test
    void shouldCheckTagsAndLayersOfOtherRepositories() throws IOException {
        line.refusingHead(405);
        PushedImage image = push("my/image", 1, 3_000_000);
        assertThat(pull("a")).isEqualTo(image.manifestDigest());
        cache.awaitCached("ghcr.io", image.layers().get(0));

        // The same layer in another repository: access is checked, and nothing is downloaded.
        push("my/other", 1, 3_000_000);
        line.forget();
        HttpReply shared = get("my/other/blobs/" + image.layers().get(0).digest());
        assertThat(shared.status()).isEqualTo(200);
        assertThat(Sha256.of(shared.body())).isEqualTo(image.layers().get(0).digest());
        assertThat(line.bytes()).isLessThan(10);
        assertThat(get("no/such/blobs/" + image.layers().get(0).digest()).status())
                .isEqualTo(404);

        // The tag moves, and is noticed.
        PushedImage moved = push("my/image", 2, 1000);
        assertThat(get("my/image/manifests/1").body()).isEqualTo(moved.manifestBytes());
        line.forget();
        assertThat(get("my/image/manifests/1").body()).isEqualTo(moved.manifestBytes());
        assertThat(line.requests()).containsExactly("GET /v2/my/image/manifests/1");
    }

    /** Neither ranges nor HEAD: the layer is not downloaded to learn its size. */
    @Test
    void shouldAnswerHeadOfALayerWithoutDownloadingIt() throws IOException {
        byte[] huge = new byte[64 << 20];
        try (LyingUpstream simple = LyingUpstream.open();
                CacheProcess behind = CacheProcess.builder()
                        .upstreams(ConfigElement.of("ghcr.io", simple.url()))
                        .start()) {
            simple.behave(exchange -> {
                if (exchange.getRequestMethod().equals("HEAD")) {
                    LyingUpstream.send(exchange, 405, "text/plain", new byte[0]);
                } else {
                    LyingUpstream.send(exchange, 200, "application/octet-stream", huge);
                }
            });
            try (HttpProbe probe = HttpProbe.connect(behind.endpoint())) {
                probe.request("HEAD", "/v2/ghcr.io/my/image/blobs/" + Sha256.of(huge));
                HttpReply reply = probe.receiveHead();
                assertThat(reply.status()).isEqualTo(200);
                assertThat(reply.header("Content-Length")).contains(Integer.toString(huge.length));
                probe.get("/v2/ghcr.io/my/image/blobs/" + Sha256.of(huge));
                assertThat(Sha256.of(probe.receive().body())).isEqualTo(Sha256.of(huge));
            }
            assertThat(simple.requests()).isEqualTo(3);
            assertThat(behind.stop()).isZero();
            behind.assertNoLeak();
        }
    }
}
