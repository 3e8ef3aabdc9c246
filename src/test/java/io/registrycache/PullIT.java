package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.DockerDaemon;
import io.registrycache.rig.Download;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.HttpReply;
import io.registrycache.rig.ImageFormat;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.PushedIndex;
import io.registrycache.rig.Skopeo;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real clients pull real images, cold and warm, through the program started as its users start it. */
class PullIT {

    private static UpstreamRegistry hub;
    private static UpstreamRegistry ghcr;
    private static UpstreamRegistry locked;
    private static CacheProcess cache;
    private static OciImage image;
    private static PushedImage debian;
    private static PushedImage ours;

    @TempDir
    Path temp;

    @BeforeAll
    static void start() throws IOException {
        hub = UpstreamRegistry.open();
        ghcr = UpstreamRegistry.open();
        locked = UpstreamRegistry.withPassword();
        image = OciImage.random(1, 100_000, 3_000_000);
        debian = image.push(hub, "library/debian", "12");
        ours = image.push(ghcr, "my/image", "1");
        cache = CacheProcess.builder()
                .upstreams(
                        hub.configElement("registry-1.docker.io"),
                        ghcr.configElement("ghcr.io"),
                        locked.configElement("locked.example"))
                .start();
    }

    @AfterAll
    static void stop() {
        cache.stop();
        cache.assertNoLeak();
        List.of(cache, image, hub, ghcr, locked).forEach(PullIT::close);
    }

    private static void close(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpReply ask(String method, String path, String... headers) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(cache.endpoint())) {
            probe.request(method, path, headers);
            return method.equals("HEAD") ? probe.receiveHead() : probe.receive();
        }
    }

    private static String blob(PushedImage pushed, int layer) {
        return pushed.layers().get(layer).digest();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/debian:12",
                "/library/debian:12",
                "/docker.io/library/debian:12",
                "/docker.io/debian:12",
                "/index.docker.io/debian:12",
                "/registry-1.docker.io/debian:12"
            })
    void skopeoShouldPullFromDockerHubByAnyOfItsNames(String name) throws IOException {
        String digest = Skopeo.anonymous().copy(cache.endpoint() + name, temp.resolve("image"));

        assertThat(digest).isEqualTo(debian.manifestDigest());
    }

    @Test
    void skopeoShouldPullByPrefixColdAndWarm() throws IOException {
        try (OciImage fresh = OciImage.random(7, 5_000_000)) {
            PushedImage pushed = fresh.push(ghcr, "fresh/image", "1");
            String reference = cache.endpoint() + "/ghcr.io/fresh/image:1";

            assertThat(Skopeo.anonymous().copy(reference, temp.resolve("cold"))).isEqualTo(pushed.manifestDigest());
            cache.awaitCached("ghcr.io", pushed.layers().get(0));
            long before = blobRequests(ghcr);
            assertThat(Skopeo.anonymous().copy(reference, temp.resolve("warm"))).isEqualTo(pushed.manifestDigest());
            assertThat(blobRequests(ghcr)).isEqualTo(before);
        }
    }

    private static long blobRequests(UpstreamRegistry upstream) {
        return upstream.requests().stream()
                .filter(request ->
                        request.method().equals("GET") && request.path().contains("/blobs/"))
                .count();
    }

    @Test
    void skopeoShouldPullFromAnUpstreamWithCredentials() throws IOException {
        PushedImage pushed = image.push(locked, "private/image", "1");

        String digest =
                Skopeo.anonymous().copy(cache.endpoint() + "/locked.example/private/image:1", temp.resolve("image"));

        assertThat(digest).isEqualTo(pushed.manifestDigest());
        assertThat(cache.program().output()).doesNotContain(UpstreamRegistry.CREDENTIALS.password());
    }

    @Test
    void skopeoShouldPullAnIndexOfSeveralPlatforms() throws IOException {
        try (OciImage arm = OciImage.random(ImageFormat.OCI, "arm64", 8, 1000)) {
            PushedIndex index = OciImage.pushIndex(ghcr, "many/platforms", "1", image, arm);

            String digest = Skopeo.anonymous()
                    .copy(cache.endpoint() + "/ghcr.io/many/platforms:1", temp.resolve("image"), "--all");

            assertThat(digest).isEqualTo(index.digest());
        }
    }

    @Test
    void dockerShouldPullByPrefixAndByDefault() throws IOException {
        DockerDaemon.assumeAvailable();
        try (DockerDaemon docker = DockerDaemon.start();
                OciImage schema2 = OciImage.random(ImageFormat.DOCKER, "amd64", 9, 10_000, 2_000_000)) {
            PushedImage pushed = schema2.push(ghcr, "docker/image", "1");
            for (int time = 0; time < 2; time++) {
                String prefixed = cache.endpoint() + "/ghcr.io/docker/image:1";
                docker.pull(prefixed);
                assertThat(docker.inspectDigest(prefixed)).isEqualTo(pushed.manifestDigest());
                assertThat(docker.imageId(prefixed)).isEqualTo(pushed.configDigest());
                docker.remove(prefixed);
            }
            String byDefault = cache.endpoint() + "/debian:12";
            docker.pull(byDefault);
            assertThat(docker.inspectDigest(byDefault)).isEqualTo(debian.manifestDigest());
        }
    }

    @Test
    void dockerShouldUseItAsAMirrorOfDockerHub() {
        DockerDaemon.assumeAvailable();
        try (DockerDaemon docker = DockerDaemon.start("--registry-mirror", cache.url())) {
            docker.pull("debian:12");

            assertThat(docker.imageId("debian:12")).isEqualTo(debian.configDigest());
        }
    }

    @Test
    void shouldStreamALayerOfAGibibyteColdAndWarm() throws IOException {
        try (OciImage big = OciImage.random(10, 1 << 30)) {
            PushedImage pushed = big.push(ghcr, "big/image", "1");
            String url = cache.url() + "/v2/ghcr.io/big/image/blobs/" + blob(pushed, 0);

            assertThat(Download.of(url).run().digest()).isEqualTo(blob(pushed, 0));
            assertThat(Download.of(url).run().digest()).isEqualTo(blob(pushed, 0));
        }
    }

    @Test
    void headShouldAnswerAsGetWithoutTheBody() throws IOException {
        String path = "/v2/ghcr.io/my/image/blobs/" + blob(ours, 1);
        ask("GET", path);
        // An answer of the upstream lacks some headers.
        cache.awaitCached("ghcr.io", ours.layers().get(1));
        HttpReply get = ask("GET", path);
        HttpReply head = ask("HEAD", path);

        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Length"))
                .contains(Long.toString(ours.layers().get(1).size()));
        for (String name : List.of("Content-Type", "Docker-Content-Digest", "ETag", "Accept-Ranges", "Cache-Control")) {
            assertThat(head.header(name)).as(name).isPresent().isEqualTo(get.header(name));
        }
        assertThat(get.body()).hasSize((int) ours.layers().get(1).size());
    }

    @Test
    void shouldServeManifestsByTagAndDigest() throws IOException {
        for (String reference : List.of("1", ours.manifestDigest())) {
            HttpReply reply = ask("GET", "/v2/ghcr.io/my/image/manifests/" + reference, "Accept: " + ours.mediaType());

            assertThat(reply.body()).isEqualTo(ours.manifestBytes());
            assertThat(reply.header("Content-Type")).contains(ours.mediaType());
            assertThat(reply.header("Docker-Content-Digest")).contains(ours.manifestDigest());
        }
    }

    @Test
    void shouldServeARangeOfACachedLayer() throws IOException {
        String path = "/v2/ghcr.io/my/image/blobs/" + blob(ours, 0);
        byte[] whole = ask("GET", path).body();
        cache.awaitCached("ghcr.io", ours.layers().get(0));

        HttpReply part = ask("GET", path, "Range: bytes=100-199");

        assertThat(part.status()).isEqualTo(206);
        assertThat(part.header("Content-Range")).contains("bytes 100-199/" + whole.length);
        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(whole, 100, 200));
    }

    @Test
    void shouldSayThatNothingHasChanged() throws IOException {
        String path = "/v2/ghcr.io/my/image/blobs/" + blob(ours, 0);
        ask("GET", path);
        cache.awaitCached("ghcr.io", ours.layers().get(0));
        String tag = ask("HEAD", path).header("ETag").orElseThrow();

        HttpReply unchanged = ask("GET", path, "If-None-Match: " + tag);

        assertThat(unchanged.status()).isEqualTo(304);
        assertThat(unchanged.body()).isEmpty();
    }

    @Test
    void shouldListTagsUnderTheNameThatWasAskedFor() throws IOException {
        for (String tag : List.of("b", "a", "c")) {
            image.push(hub, "library/many", tag);
        }

        assertThat(ask("GET", "/v2/many/tags/list").text())
                .isEqualTo("{\"name\":\"many\",\"tags\":[\"a\",\"b\",\"c\"]}");
        HttpReply page = ask("GET", "/v2/docker.io/many/tags/list?n=1&last=a");
        assertThat(page.text()).isEqualTo("{\"name\":\"docker.io/many\",\"tags\":[\"b\"]}");
        assertThat(page.header("Link")).contains("</v2/docker.io/many/tags/list?n=1&last=b>; rel=\"next\"");
        assertThat(Skopeo.anonymous().listTags(cache.endpoint() + "/many")).containsExactly("a", "b", "c");
    }

    @Test
    void shouldListTheRepositoriesOfAllUpstreams() throws IOException {
        ask("GET", "/v2/debian/blobs/" + blob(debian, 0));
        ask("GET", "/v2/ghcr.io/my/image/blobs/" + blob(ours, 0));
        await().untilAsserted(() -> assertThat(ask("GET", "/v2/_catalog").text())
                .contains("\"ghcr.io/my/image\"")
                .contains("\"registry-1.docker.io/library/debian\""));
    }

    @Test
    void shouldGiveNothingOfTheClientsOwnHeadersBack() throws IOException {
        for (String path :
                List.of("/v2/", "/v2/debian/tags/list", "/v2/debian/manifests/12", "/v2/nope.io/a/tags/list")) {
            HttpReply reply = ask("GET", path, "X-Mine: yes", "Cookie: a=b", "CamelExecCommandExecutable: rm");

            assertThat(String.join("\n", reply.headers())).doesNotContain("yes", "a=b", "Camel");
        }
    }

    @Test
    void shouldKeepTheConnectionForPipelinedRequests() throws IOException {
        try (HttpProbe probe = HttpProbe.connect(cache.endpoint())) {
            String manifest = "GET /v2/ghcr.io/my/image/manifests/1 HTTP/1.1\r\nHost: x\r\nAccept: " + ours.mediaType()
                    + "\r\n\r\n";
            probe.send(("GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n" + manifest).repeat(20));
            for (int i = 0; i < 20; i++) {
                assertThat(probe.receive().text()).isEqualTo("{}");
                assertThat(probe.receive().body()).isEqualTo(ours.manifestBytes());
            }
        }
    }
}
