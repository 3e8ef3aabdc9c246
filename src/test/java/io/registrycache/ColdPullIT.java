package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.registrycache.rig.Blob;
import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.Containerd;
import io.registrycache.rig.Distance;
import io.registrycache.rig.DockerDaemon;
import io.registrycache.rig.Download;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.HttpReply;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.Ports;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.Recipe;
import io.registrycache.rig.Skopeo;
import io.registrycache.rig.TokenGate;
import io.registrycache.rig.UpstreamRegistry;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Pulls of content that is not stored, over a line with latency, a bandwidth and cuts; the upstream counts the
 * requests.
 */
@Isolated
class ColdPullIT {

    private static final long MIB = 1 << 20;

    @TempDir
    private Path folder;

    private final ExecutorService clients = Executors.newCachedThreadPool();
    private UpstreamRegistry upstream;
    private Distance line;
    private CacheProcess.Builder builder;
    private CacheProcess cache;

    @BeforeEach
    @SuppressWarnings("NullAway.Init") // Each test starts the cache when its upstream is filled.
    void open() {
        upstream = UpstreamRegistry.open();
        far(Duration.ofMillis(20));
    }

    @AfterEach
    void close() {
        clients.shutdownNow();
        if (cache.program().isAlive()) {
            assertThat(cache.stop()).isZero();
        }
        cache.assertNoLeak();
        cache.close();
        line.close();
        upstream.close();
    }

    private void far(Duration latency) {
        line = Distance.to(upstream.port(), latency);
        builder = CacheProcess.builder()
                .storage(folder.resolve("storage"))
                .upstreams(line.configElement("ghcr.io"))
                .env("UPSTREAM_PARTS", "4");
    }

    private PushedImage start(long... layers) throws IOException {
        try (OciImage image = OciImage.random(1, layers)) {
            PushedImage pushed = image.push(upstream, "my/image", "1");
            cache = builder.start();
            await().until(() -> cache.program().output().contains("child=serving"));
            line.forget();
            return pushed;
        }
    }

    private <T> CompletableFuture<T> inBackground(IoSupplier<T> task) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return task.get();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                clients);
    }

    private interface IoSupplier<T> {
        T get() throws IOException;
    }

    private Download layer(PushedImage image, int number) {
        return Download.of(cache.url() + "/v2/ghcr.io/my/image/blobs/"
                + image.layers().get(number).digest());
    }

    private List<String> pullAll(int crowd, String reference) {
        List<CompletableFuture<String>> running = new ArrayList<>();
        for (int i = 0; i < crowd; i++) {
            Path layout = folder.resolve("client" + i);
            running.add(inBackground(() -> Skopeo.anonymous().copy(reference, layout)));
        }
        return running.stream().map(CompletableFuture::join).toList();
    }

    @ParameterizedTest
    @CsvSource({"3, 20", "5, 40", "16, 80"})
    void shouldServeACrowdAtADistanceWithOneDownload(int crowd, long millis) throws IOException {
        line.close();
        far(Duration.ofMillis(millis));
        PushedImage image = start(LongStream.generate(() -> 100_000).limit(12).toArray());

        assertThat(pullAll(crowd, cache.endpoint() + "/ghcr.io/my/image:1"))
                .hasSize(crowd)
                .containsOnly(image.manifestDigest());

        assertThat(line.requests()).as(line.requests()::toString).hasSizeLessThanOrEqualTo(13 + 3);
        assertThat(line.bytes()).isLessThanOrEqualTo(sizeOf(image) * 101 / 100);
    }

    /** At 2 MB/s and two layers at a time the last one's turn comes after more than half a minute. */
    @Test
    void shouldServeLayersThatAreQueuedForLong() throws IOException {
        line.close();
        far(Duration.ofMillis(80));
        line.bandwidth(2_000_000);
        builder.env("UPSTREAM_LAYERS", "2");
        PushedImage image = start(LongStream.generate(() -> 14_000_000).limit(6).toArray());

        List<CompletableFuture<Duration>> heads = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            String path = URI.create(layer(image, i).url().toString()).getPath();
            heads.add(inBackground(() -> timeToHead(path)));
        }
        assertThat(pullAll(4, cache.endpoint() + "/ghcr.io/my/image:1"))
                .hasSize(4)
                .containsOnly(image.manifestDigest());

        heads.forEach(it -> assertThat(it.join()).isLessThan(Duration.ofSeconds(10)));
        image.layers().forEach(blob -> cache.awaitCached("ghcr.io", blob));
        assertThat(line.bytes()).isLessThanOrEqualTo(sizeOf(image) * 101 / 100);
    }

    @Test
    void shouldAnswerWhatIsShortWhileLayersUseTheConnections() throws IOException {
        line.bandwidth(1_000_000);
        builder.env("UPSTREAM_LAYERS", "4").env("UPSTREAM_CONNECTIONS", "4");
        PushedImage image = start(10_000_000, 10_000_000, 10_000_000, 10_000_000, 1000);
        for (int i = 0; i < 4; i++) {
            int number = i;
            inBackground(() -> layer(image, number).run());
        }
        await().until(() -> line.bytes() > 200_000);

        assertThat(timeToHead("/v2/ghcr.io/my/image/manifests/1")).isLessThan(Duration.ofSeconds(5));
        String queued = URI.create(layer(image, 4).url().toString()).getPath();
        assertThat(timeToHead(queued)).isLessThan(Duration.ofSeconds(5));
    }

    private Duration timeToHead(String path) throws IOException {
        long start = System.nanoTime();
        try (HttpProbe probe = HttpProbe.connect(cache.endpoint())) {
            probe.get(path);
            assertThat(probe.receiveHead().status()).isEqualTo(200);
            return Duration.ofNanos(System.nanoTime() - start);
        }
    }

    @Test
    void shouldRefuseAQueuedLayerAsTheUpstreamDoes() throws IOException {
        line.bandwidth(1_000_000);
        builder.env("UPSTREAM_LAYERS", "1");
        PushedImage image = start(30_000_000, 1000);
        layer(image, 0).abortedAfter(1000).run();
        String known = image.layers().get(1).digest();

        assertThat(HttpProbe.status(cache.endpoint(), "/v2/ghcr.io/no/image/blobs/" + known))
                .hasValue(404);
        try (HttpProbe probe = HttpProbe.connect(cache.endpoint())) {
            probe.request("HEAD", "/v2/ghcr.io/my/image/blobs/" + known);
            assertThat(probe.receiveHead().header("Content-Length"))
                    .contains(Long.toString(image.layers().get(1).size()));
        }
        try (HttpProbe probe = HttpProbe.connect(cache.endpoint())) {
            probe.get("/v2/ghcr.io/my/image/blobs/" + known, "Range: bytes=10-19");
            assertThat(probe.receiveHead().header("Content-Range"))
                    .contains("bytes 10-19/" + image.layers().get(1).size());
        }
        // The 404 is checked by GET, as the upstream may refuse HEAD, and has answered none yet.
        assertThat(line.requests().stream().filter(it -> it.startsWith("GET ") && !it.contains("/no/image/")))
                .hasSize(1);
    }

    @Test
    void shouldAskForOneTokenForACrowd() throws IOException {
        try (TokenGate gate = TokenGate.before(upstream)) {
            builder.upstreams(gate.configElement("ghcr.io"));
            PushedImage image = start(100_000, 100_000, 100_000, 100_000);

            assertThat(pullAll(16, cache.endpoint() + "/ghcr.io/my/image:1")).containsOnly(image.manifestDigest());

            assertThat(gate.tokens()).isEqualTo(1);
        }
    }

    private static long sizeOf(PushedImage image) {
        return image.manifestBytes().length
                + image.config().size()
                + image.layers().stream().mapToLong(Blob::size).sum();
    }

    @Test
    void shouldDownloadALayerOnceForClientsThatComeAndGo() throws IOException {
        line.bandwidth(20_000_000);
        PushedImage image = start(40_000_000);
        Blob blob = image.layers().get(0);

        layer(image, 0).abortedAfter(blob.size() / 2).run();
        List<CompletableFuture<Download.Result>> running = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            running.add(inBackground(() -> layer(image, 0).run()));
        }

        running.forEach(it -> assertThat(it.join().digest()).isEqualTo(blob.digest()));
        assertThat(line.bytes()).isLessThanOrEqualTo(blob.size() * 101 / 100);
        cache.awaitCached("ghcr.io", blob);
    }

    @Test
    void shouldGoOnWhenAllClientsHaveLeft() throws IOException {
        line.bandwidth(20_000_000);
        PushedImage image = start(20_000_000);

        layer(image, 0).abortedAfter(1000).run();

        cache.awaitCached("ghcr.io", image.layers().get(0));
        assertThat(line.bytes()).isLessThanOrEqualTo(image.layers().get(0).size() * 101 / 100);
    }

    @Test
    void shouldHideCutsFromClients() throws IOException {
        PushedImage image = start(30_000_000);
        Blob blob = image.layers().get(0);
        line.cut(3, blob.size() * 7 / 10);
        Path layout = folder.resolve("layout");

        assertThat(Skopeo.anonymous().copy(cache.endpoint() + "/ghcr.io/my/image:1", layout))
                .isEqualTo(image.manifestDigest());

        // A cut costs the bytes that were on their way.
        assertThat(line.bytes()).isLessThanOrEqualTo(sizeOf(image) + 4 * MIB);
        cache.awaitCached("ghcr.io", blob);
    }

    @Test
    void shouldHideCutsFromDockerAndContainerd() throws IOException {
        DockerDaemon.assumeAvailable();
        Containerd.assumeAvailable();
        PushedImage image = start(30_000_000);
        Blob blob = image.layers().get(0);
        Path hosts = folder.resolve("certs.d");
        Recipe.of("/etc/containerd/certs.d/_default/hosts.toml", cache.endpoint())
                .writeTo(hosts.resolve("_default/hosts.toml"));

        line.cut(3, blob.size() * 7 / 10);
        try (Containerd containerd = Containerd.start()) {
            containerd.pull("ghcr.io/my/image:1", hosts);
            assertThat(containerd.digest("ghcr.io/my/image:1")).isEqualTo(image.manifestDigest());
        }
        assertThat(line.bytes()).isLessThanOrEqualTo(sizeOf(image) + 4 * MIB);

        cache.awaitCached("ghcr.io", blob);
        Files.delete(cache.blobFile("ghcr.io", blob));
        line.forget();
        line.cut(3, blob.size() * 7 / 10);
        try (DockerDaemon docker = DockerDaemon.start()) {
            docker.pull(cache.endpoint() + "/ghcr.io/my/image:1");
            assertThat(docker.imageId(cache.endpoint() + "/ghcr.io/my/image:1")).isEqualTo(image.configDigest());
        }
        assertThat(line.bytes()).isLessThanOrEqualTo(sizeOf(image) + 4 * MIB);
    }

    @Test
    void shouldTakeAStallForACut() throws IOException {
        PushedImage image = start(10_000_000);
        Blob blob = image.layers().get(0);
        line.stalling().cut(1, 5_000_000);

        assertThat(layer(image, 0).run().digest()).isEqualTo(blob.digest());
    }

    @ParameterizedTest
    @CsvSource({"1, 60", "1, 99", "4, 70", "4, 99"})
    void shouldAnswerARangeThatIsFarAheadByItself(String parts, int percent) throws IOException {
        builder.env("UPSTREAM_PARTS", parts);
        line.bandwidth(10_000_000);
        PushedImage image = start(100_000_000);
        Blob blob = image.layers().get(0);
        CompletableFuture<Download.Result> all =
                inBackground(() -> layer(image, 0).run());
        await().until(() -> line.bytes() > 1_000_000);

        long start = System.nanoTime();
        long first = blob.size() * percent / 100;
        Download.Result far = layer(image, 0)
                .header("Range: bytes=" + first + "-" + (first + 1023))
                .run();

        assertThat(far.status()).isEqualTo(206);
        assertThat(far.length()).isEqualTo(1024);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
        assertThat(all.join().digest()).isEqualTo(blob.digest());
        assertThat(line.bytes()).isLessThanOrEqualTo(blob.size() * 101 / 100);
    }

    @Test
    void shouldDownloadOnceForParallelRanges() throws IOException {
        PushedImage image = start(80_000_000);
        Blob blob = image.layers().get(0);
        long part = blob.size() / 8;
        List<CompletableFuture<Download.Result>> running = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String range = "Range: bytes=" + i * part + "-" + (i == 7 ? blob.size() - 1 : (i + 1) * part - 1);
            running.add(inBackground(() -> layer(image, 0).header(range).run()));
        }

        assertThat(running).allSatisfy(it -> assertThat(it.join().status()).isEqualTo(206));
        assertThat(running.stream().mapToLong(it -> it.join().length()).sum()).isEqualTo(blob.size());
        cache.awaitCached("ghcr.io", blob);
        assertThat(line.bytes()).isLessThanOrEqualTo(blob.size() * 101 / 100);
        assertThat(layer(image, 0).run().digest()).isEqualTo(blob.digest());
    }

    @Test
    void shouldAnswerHeadWithOneRequest() throws IOException {
        PushedImage image = start(50_000_000);
        String path = URI.create(layer(image, 0).url().toString()).getPath();
        try (HttpProbe probe = HttpProbe.connect(cache.endpoint())) {
            probe.request("HEAD", path);
            HttpReply reply = probe.receiveHead();

            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.header("Content-Length"))
                    .contains(Long.toString(image.layers().get(0).size()));
        }
        assertThat(line.requests()).singleElement().asString().startsWith("HEAD ");
        assertThat(line.bytes()).isZero();
    }

    @Test
    void shouldServeTheSameLayerOfAnotherRepositoryAfterOneHead() throws IOException {
        PushedImage image = start(5_000_000);
        Blob blob = image.layers().get(0);
        layer(image, 0).run();
        cache.awaitCached("ghcr.io", blob);
        try (OciImage same = OciImage.random(1, 5_000_000)) {
            same.push(upstream, "other/image", "1");
        }
        line.forget();
        String there = cache.url() + "/v2/ghcr.io/other/image/blobs/" + blob.digest();
        String nowhere = "/v2/ghcr.io/no/image/blobs/" + blob.digest();

        assertThat(Download.of(there).run().digest()).isEqualTo(blob.digest());
        assertThat(Download.of(there).run().digest()).isEqualTo(blob.digest());
        assertThat(HttpProbe.status(cache.endpoint(), nowhere)).hasValue(404);

        assertThat(line.requests()).hasSize(2).allMatch(request -> request.startsWith("HEAD "));
        assertThat(line.bytes()).isZero();
    }

    @Test
    void shouldGoOnAfterItWasKilled() throws IOException {
        line.bandwidth(20_000_000);
        PushedImage image = start(60_000_000, 40_000_000);
        List<CompletableFuture<Download.Result>> running = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            int number = i % 2;
            running.add(inBackground(() -> layer(image, number).run()));
        }
        await().until(() -> line.bytes() > 40_000_000);
        cache.program().signal("KILL");
        cache.program().waitFor(Duration.ofSeconds(5));
        running.forEach(it -> assertThatThrownBy(it::join).hasRootCauseInstanceOf(IOException.class));

        cache = builder.start();

        for (int i = 0; i < 2; i++) {
            cache.awaitCached("ghcr.io", image.layers().get(i));
            assertThat(layer(image, i).run().digest())
                    .isEqualTo(image.layers().get(i).digest());
        }
        // The bytes that were on their way when it was killed come again.
        assertThat(line.bytes()).isLessThanOrEqualTo(100_000_000 + 8 * MIB);
        try (Stream<Path> left = Files.list(folder.resolve("storage/ghcr.io/_fetches"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void shouldNeverFinishALayerWithWrongContentAndServeTheRightOneAfterwards() throws IOException {
        PushedImage image = start(10_000_000);
        Blob blob = image.layers().get(0);
        String hex = blob.digest().substring("sha256:".length());
        Path data = upstream.storage()
                .resolve("docker/registry/v2/blobs/sha256/" + hex.substring(0, 2) + "/" + hex + "/data");
        byte[] right = Files.readAllBytes(data);
        byte[] wrong = right.clone();
        wrong[5_000_000]++;
        Files.write(data, wrong);

        assertThatThrownBy(() -> layer(image, 0).run()).isInstanceOf(EOFException.class);

        Files.write(data, right);
        assertThat(layer(image, 0).run().digest()).isEqualTo(blob.digest());
        cache.awaitCached("ghcr.io", blob);
    }

    @Test
    void shouldAskOnceWhatATagMeansForAllClientsThatWaitForIt() throws IOException {
        line.close();
        far(Duration.ofMillis(500));
        PushedImage image = start(1000);
        String path = "/v2/ghcr.io/my/image/manifests/1";
        assertThat(HttpProbe.status(cache.endpoint(), path)).hasValue(200);
        line.forget();
        List<CompletableFuture<byte[]>> running = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            running.add(inBackground(() -> {
                try (HttpProbe probe = HttpProbe.connect(cache.endpoint())) {
                    probe.get(path);
                    return probe.receive().body();
                }
            }));
        }

        running.forEach(it -> assertThat(it.join()).isEqualTo(image.manifestBytes()));
        assertThat(line.requests()).singleElement().asString().startsWith("HEAD ");
    }

    @Test
    void shouldAskForAMissingImageOnce() throws IOException {
        start(1000);
        List<CompletableFuture<Integer>> running = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            running.add(inBackground(() -> HttpProbe.status(cache.endpoint(), "/v2/ghcr.io/my/image/manifests/missing")
                    .orElse(0)));
        }

        running.forEach(it -> assertThat(it.join()).isEqualTo(404));
        assertThat(line.requests()).hasSize(1);
    }

    @Test
    void shouldKeepTheStorageOfAnOrdinaryRegistry() throws IOException {
        PushedImage image = start(5_000_000, 100_000);
        Skopeo.anonymous().copy(cache.endpoint() + "/ghcr.io/my/image:1", folder.resolve("a"));
        image.layers().forEach(blob -> cache.awaitCached("ghcr.io", blob));
        cache.awaitCached("ghcr.io", image.config());
        assertThat(cache.stop()).isZero();

        try (UpstreamRegistry plain = UpstreamRegistry.on(folder.resolve("storage/ghcr.io"))) {
            assertThat(Skopeo.anonymous().copy(plain.host() + "/my/image:1", folder.resolve("b")))
                    .isEqualTo(image.manifestDigest());
        }
    }

    /** The first client asks where the layer is not; what it is told must not be told to others. */
    @ParameterizedTest
    @CsvSource({"0", "100", "450"})
    void shouldNotRefuseALayerForAnotherRepositorysRefusal(long later) throws Exception {
        line.close();
        far(Duration.ofMillis(400));
        PushedImage image = start(1_000_000);
        Blob blob = image.layers().get(0);

        CompletableFuture<Download.Result> wrong =
                inBackground(() -> Download.of(cache.url() + "/v2/ghcr.io/no/image/blobs/" + blob.digest())
                        .run());
        await().until(() -> line.requests().stream().anyMatch(it -> it.contains("/no/image/")));
        Thread.sleep(later);

        assertThat(layer(image, 0).run().digest()).isEqualTo(blob.digest());
        assertThat(wrong.join().status()).isEqualTo(404);
        assertThat(statusOf("GET", "/v2/ghcr.io/no/image/blobs/" + blob.digest()))
                .isEqualTo(404);
    }

    /** Of four layers three have a connection, for longer than clients wait for the head of an answer. */
    @Test
    void shouldServeLayersThatWaitForAConnection() throws IOException {
        line.bandwidth(1_000_000);
        builder.env("UPSTREAM_LAYERS", "4").env("UPSTREAM_CONNECTIONS", "4");
        PushedImage image = start(9_000_000, 9_000_000, 9_000_000, 9_000_000);

        List<CompletableFuture<Download.Result>> running = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int number = i;
            running.add(inBackground(() -> layer(image, number).run()));
        }
        for (int i = 0; i < 4; i++) {
            assertThat(running.get(i).join().digest())
                    .isEqualTo(image.layers().get(i).digest());
        }
        assertThat(line.bytes()).isLessThanOrEqualTo(sizeOf(image) * 101 / 100);
    }

    @Test
    void shouldRefuseALoopAtItsFirstTurn() throws IOException {
        int port = Ports.free();
        cache = builder.port(port)
                .upstreams("{\"registry\": \"http://127.0.0.1:" + port + "\", \"name\": \"self.example\"}")
                .start();

        try (HttpProbe probe = HttpProbe.connect(cache.endpoint())) {
            probe.get("/v2/self.example/my/image/manifests/1");
            assertThat(probe.receive().status()).isEqualTo(508);
        }
    }

    /** Where only the child can read the storage, it asks the upstream, too. */
    @ParameterizedTest
    @CsvSource({"filesystem", "inmemory"})
    void shouldRefuseALoopThroughAnotherCacheAtItsFirstTurn(String storage) throws IOException {
        int port = Ports.free();
        CacheProcess.Builder other =
                CacheProcess.builder().upstreams(elementOf(port)).env("REGISTRY_STORAGE", storage);
        try (CacheProcess behind = other.start()) {
            cache = builder.port(port)
                    .upstreams(elementOf(portOf(behind)))
                    .env("REGISTRY_STORAGE", storage)
                    .start();
            String image = "/v2/loop.example/my/image";
            for (String path : List.of(
                    "/manifests/1",
                    "/manifests/sha256:" + "a".repeat(64),
                    "/tags/list",
                    "/tags/list?n=5",
                    "/referrers/sha256:" + "d".repeat(64))) {
                assertThat(statusOf("GET", image + path)).as(path).isEqualTo(508);
            }
            assertThat(statusOf("HEAD", image + "/manifests/2")).isEqualTo(508);
            assertThat(statusOf("HEAD", image + "/blobs/sha256:" + "b".repeat(64)))
                    .isEqualTo(508);
            assertThat(statusOf("GET", image + "/blobs/sha256:" + "c".repeat(64)))
                    .isEqualTo(508);
            assertThat(behind.stop()).isZero();
        }
    }

    private static int portOf(CacheProcess cache) {
        return Integer.parseInt(cache.endpoint().substring(cache.endpoint().lastIndexOf(':') + 1));
    }

    private static String elementOf(int port) {
        return "{\"registry\": \"http://127.0.0.1:" + port + "\", \"name\": \"loop.example\"}";
    }

    private int statusOf(String method, String path, String... headers) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(cache.endpoint())) {
            probe.request(method, path, headers);
            return probe.receiveHead().status();
        }
    }

    @Test
    void shouldNotPassOnAListOfCachesWithoutEnd() throws IOException {
        start(1000);

        assertThat(statusOf("GET", "/v2/ghcr.io/my/image/manifests/1", "CDN-Loop: " + "a, ".repeat(1000)))
                .isEqualTo(400);
        assertThat(line.requests()).isEmpty();
        assertThat(statusOf("GET", "/v2/ghcr.io/my/image/manifests/1", "CDN-Loop: cdn.example; v=1"))
                .isEqualTo(200);
    }
}
