package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.registrycache.rig.Blob;
import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.HttpReply;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples and promises of docs/routes.md, in a copy of the routes. */
class OwnRoutesIT {

    private static final Pattern EXAMPLE = Pattern.compile("(?ms)^```yaml\n(.*?)^```$");
    private static final String READER = "        - process:\n            ref: requestReader\n";
    /** The promises of the page that its examples do not show. */
    private static final String PROMISES = """
                    - setHeaders:
                        headers:
                          - { name: X-Request, simple: "${variable.pull.askedMethod} ${variable.pull.address} ${header.x-tWo}" }
                          - { name: X-Wanted, simple: "${variable.upstream} ${variable.pull.repository} ${variable.pull.reference}" }
                          - { name: X-Steered, simple: "${header.CamelHttpResponseCode}" }
                          - { name: X-Seen, simple: "${headers}" }
                          - { name: X-Broken, simple: "a${header.X-Percent}b" }
                          - { name: Content-Length, constant: "7" }
                          - { name: ETag, constant: mine }
                          - { name: Connection, constant: close }
            """;

    @TempDir
    private static Path routes;

    private static UpstreamRegistry upstream;
    private static PushedImage image;
    private static CacheProcess cache;

    @BeforeAll
    static void start() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            for (Path file : files.toList()) {
                Files.copy(file, routes.resolve(file.getFileName()));
            }
        }
        List<String> examples = examples();
        assertThat(examples).hasSize(3);
        change(
                "front-door.camel.yaml",
                READER,
                examples.get(0) + READER + examples.get(1) + examples.get(2) + PROMISES);
        change(
                "upstream.camel.yaml",
                "          # Content that is named",
                "          - setHeader: { name: X-Upstream, constant: set }\n          # Content that is named");
        upstream = UpstreamRegistry.open();
        try (OciImage made = OciImage.random(1, 300_000, 3_000)) {
            image = made.push(upstream, "my/image", "1");
            made.push(upstream, "secret/image", "1");
        }
        cache = CacheProcess.builder()
                .upstreams(upstream.configElement("ghcr.io"))
                .env("ROUTES_DIR", routes.toString())
                .start();
    }

    private static List<String> examples() throws IOException {
        return EXAMPLE.matcher(Files.readString(Path.of("docs/routes.md")))
                .results()
                .map((MatchResult result) -> result.group(1))
                .toList();
    }

    private static void change(String file, String old, String replacement) throws IOException {
        String text = Files.readString(routes.resolve(file));
        assertThat(text).contains(old);
        Files.writeString(routes.resolve(file), text.replace(old, replacement));
    }

    @AfterAll
    static void stop() {
        cache.stop();
        cache.assertNoLeak();
        cache.close();
        upstream.close();
    }

    private static HttpReply ask(String method, String path, String... headers) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(cache.endpoint())) {
            probe.request(method, path, headers);
            return method.equals("HEAD") ? probe.receiveHead() : probe.receive();
        }
    }

    private static HttpReply pull(String method, String path, String... more) throws IOException {
        String[] headers = Stream.concat(
                        Stream.of("x-team: red", "Accept: " + image.mediaType(), "X-Secret: s3cret"), Stream.of(more))
                .toArray(String[]::new);
        return ask(method, "/v2/ghcr.io/my/image/" + path, headers);
    }

    private static void assertHasHeaders(HttpReply reply, String outcome) {
        assertThat(reply.header("Cache-Status").orElse("")).endsWith(outcome);
        assertThat(reply.headers("X-Served-By")).as(outcome).containsExactly("cache-7");
        assertThat(reply.header("X-Secret")).isEmpty();
        assertThat(reply.header("X-Team")).isEmpty();
        assertThat(reply.header("Transfer-Encoding")).isEmpty();
        assertThat(reply.header("Connection")).isEmpty();
    }

    @Test
    void shouldSendAHeaderWithEachKindOfAnswer() throws IOException {
        Blob layer = image.layers().get(0);
        String blob = "blobs/" + layer.digest();
        String byDigest = "manifests/" + image.manifestDigest();

        HttpReply child = pull("GET", "manifests/1");
        assertHasHeaders(child, "detail=tag");
        assertThat(child.body()).isEqualTo(image.manifestBytes());
        HttpReply fetched = pull("GET", blob);
        assertHasHeaders(fetched, "fwd=uri-miss");
        assertThat(fetched.body()).hasSize((int) layer.size());
        cache.awaitCached("ghcr.io", layer);
        await().untilAsserted(() -> assertHasHeaders(pull("HEAD", blob), "hit"));
        HttpReply file = pull("GET", blob);
        assertHasHeaders(file, "hit");
        assertThat(file.body()).isEqualTo(fetched.body());
        assertThat(file.headers("ETag")).containsExactly('"' + layer.digest() + '"');
        await().untilAsserted(() -> assertHasHeaders(pull("GET", byDigest), "hit"));
        assertThat(pull("GET", byDigest).body()).isEqualTo(image.manifestBytes());
        HttpReply unchanged = pull("GET", byDigest, "If-None-Match: \"" + image.manifestDigest() + "\"");
        assertThat(unchanged.status()).isEqualTo(304);
        assertHasHeaders(unchanged, "hit");
        HttpReply tags = pull("GET", "tags/list");
        assertThat(tags.text()).contains("\"1\"");
        for (HttpReply reply : List.of(child, fetched, file, unchanged, tags, pull("GET", "manifests/none"))) {
            assertThat(reply.headers("X-Served-By")).containsExactly("cache-7");
            assertThat(reply.headers("X-Upstream")).containsExactly("set");
        }
        assertHasHeaders(pull("GET", "manifests/none"), "here");
        assertHasHeaders(ask("GET", "/v2/"), "here");
        assertHasHeaders(ask("GET", "/v2/foo.bar/a/manifests/1"), "here");
        assertHasHeaders(ask("DELETE", "/v2/ghcr.io/my/image/manifests/1"), "here");
        assertHasHeaders(ask("GET", "/v2/_catalog", "X-TEAM: red"), "here");
        assertHasHeaders(ask("GET", "/v2/_catalog", "X-Team: blue", "Link: x"), "here");
    }

    @Test
    void shouldLetRoutesReadTheRequest() throws IOException {
        HttpReply reply =
                pull("HEAD", "manifests/1", "X-Two: 1", "x-two: 2", "CamelHttpResponseCode: 500", "X-Percent: %0d%0a");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("X-Request")).contains("HEAD 127.0.0.1 1, 2");
        assertThat(reply.header("X-Wanted")).contains("ghcr.io my/image 1");
        assertThat(reply.header("X-Steered").orElse("")).isEmpty();
        assertThat(reply.header("X-Seen").orElse("")).doesNotContain("s3cret", "X-Two", "Host");
        assertThat(reply.header("X-Broken")).contains("a%0d%0ab");
        assertThat(reply.headers("Content-Length")).containsExactly(Integer.toString(image.manifestBytes().length));
    }

    @Test
    void shouldNotTakeAListsLinkFromAClient() throws IOException {
        assertThat(pull("GET", "tags/list", "Link: </v2/x>; rel=\"next\"").header("Link"))
                .isEmpty();
    }

    @Test
    void shouldGuardByAHeaderAndByName() throws IOException {
        HttpReply noTeam = ask("GET", "/v2/ghcr.io/my/image/manifests/1");
        assertThat(noTeam.status()).isEqualTo(403);
        assertThat(noTeam.text()).startsWith("{\"errors\":[{\"code\":\"DENIED\",\"message\":\"send a header X-Team");
        assertThat(noTeam.header("Content-Type")).contains("application/json");
        assertThat(ask("GET", "/v2/ghcr.io/my/image/manifests/1", "X-Team: green")
                        .status())
                .isEqualTo(403);
        // The first of two does not pass alone.
        assertThat(ask("GET", "/v2/ghcr.io/my/image/manifests/1", "X-Team: red", "X-Team: green")
                        .status())
                .isEqualTo(403);
        assertThat(ask("GET", "/v2/").status()).isEqualTo(200);

        assertThat(ask("GET", "/v2/ghcr.io/secret/image/manifests/1", "X-Team: red")
                        .text())
                .contains("this is not for pulling");
        await().untilAsserted(() -> assertThat(cache.program().output())
                .containsPattern("INFO +\\S+ refused secret/image to 127.0.0.1\\n"));
        assertThat(upstream.requests())
                .noneMatch(it -> it.method().equals("GET") && it.path().contains("secret"));
        assertThat(ask("PUT", "/v2/ghcr.io/my/image/manifests/2", "X-Team: red").status())
                .isEqualTo(405);
    }
}
