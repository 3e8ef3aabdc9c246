package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;

import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.ConfigElement;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.HttpReply;
import io.registrycache.rig.LyingUpstream;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.Sha256;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts of the specification that few registries implement: other digests, and the longest names. */
class SpecIT {

    private static LyingUpstream upstream;
    private static UpstreamRegistry registry;
    private static CacheProcess cache;

    @BeforeAll
    static void start() throws IOException {
        upstream = LyingUpstream.open();
        registry = UpstreamRegistry.open();
        cache = CacheProcess.builder()
                .upstreams(ConfigElement.of("up.example", upstream.url()), registry.configElement("ghcr.io"))
                .start();
    }

    @AfterAll
    static void stop() {
        cache.stop();
        cache.assertNoLeak();
        cache.close();
        registry.close();
        upstream.close();
    }

    private static HttpReply ask(String path, String... headers) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(cache.endpoint())) {
            probe.get(path, headers);
            return probe.receive();
        }
    }

    private static String sha512(byte[] bytes) throws Exception {
        return "sha512:"
                + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-512").digest(bytes));
    }

    @Test
    void shouldStoreManifestsThatAreNamedBySha512() throws Exception {
        upstream.renew("named by sha512");
        upstream.behave(exchange -> LyingUpstream.send(
                exchange,
                200,
                LyingUpstream.isForBlob(exchange)
                        ? "application/octet-stream"
                        : "application/vnd.oci.image.manifest.v1+json",
                LyingUpstream.isForBlob(exchange) ? upstream.layer() : upstream.manifest()));
        String manifest = "/v2/up.example/my/image/manifests/" + sha512(upstream.manifest());
        String blob = "/v2/up.example/my/image/blobs/" + sha512(upstream.layer());

        for (int time = 0; time < 2; time++) {
            HttpReply reply = ask(manifest);
            assertThat(reply.body()).isEqualTo(upstream.manifest());
            assertThat(reply.header("Docker-Content-Digest")).hasValue(sha512(upstream.manifest()));
            assertThat(ask(blob).body()).isEqualTo(upstream.layer());
        }
        upstream.behave(exchange -> LyingUpstream.send(exchange, 500, "application/json", new byte[0]));

        assertThat(ask(manifest).body()).isEqualTo(upstream.manifest());
        assertThat(ask(manifest, "If-None-Match: \"" + sha512(upstream.manifest()) + "\"")
                        .status())
                .isEqualTo(304);
        assertThat(ask(blob).body()).isEqualTo(upstream.layer());
        assertThat(upstream.requests()).isZero();
    }

    /** A child would know fewer conditions. */
    @Test
    void shouldAnswerConditionsOnALargeManifestAsOnASmallOne() throws IOException {
        byte[] large =
                ("{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"layers\":[],"
                                + "\"annotations\":{\"large\":\"" + "x".repeat(300_000) + "\"}}")
                        .getBytes(StandardCharsets.UTF_8);
        upstream.behave(
                exchange -> LyingUpstream.send(exchange, 200, "application/vnd.oci.image.manifest.v1+json", large));
        String digest = Sha256.of(large);
        String path = "/v2/up.example/large/image/manifests/" + digest;
        assertThat(ask(path).body()).isEqualTo(large);
        upstream.behave(exchange -> LyingUpstream.send(exchange, 500, "application/json", new byte[0]));

        for (String tag : List.of("*", "W/\"" + digest + "\"", "\"a\", \"" + digest + "\"")) {
            assertThat(ask(path, "If-None-Match: " + tag).status()).isEqualTo(304);
        }
        assertThat(ask(path, "If-Match: \"a\"").status()).isEqualTo(412);
        HttpReply whole = ask(path, "If-None-Match: \"a\"", "If-Match: \"" + digest + "\"");
        assertThat(whole.body()).isEqualTo(large);
        assertThat(whole.header("Content-Type")).hasValue("application/vnd.oci.image.manifest.v1+json");
        assertThat(whole.header("ETag")).hasValue('"' + digest + '"');
        assertThat(upstream.requests()).isZero();
    }

    @Test
    void shouldNotStoreContentWithAWrongSha512() throws Exception {
        upstream.renew("not named by sha512");
        upstream.beHonest();

        assertThat(ask("/v2/up.example/my/image/manifests/" + sha512(new byte[1]))
                        .status())
                .isEqualTo(502);
    }

    @ParameterizedTest
    @ValueSource(strings = {"manifests/sha512:", "blobs/sha512:"})
    void shouldAnswer400AsTheUpstreamDoes(String what) throws IOException {
        upstream.behave(exchange -> LyingUpstream.send(exchange, 400, "application/json", new byte[0]));

        HttpReply reply = ask("/v2/up.example/my/image/" + what + "1".repeat(128));

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.text())
                .startsWith("{\"errors\":[{\"code\":\"UNSUPPORTED\"")
                .contains("up.example");
    }

    @ParameterizedTest
    @ValueSource(ints = {245, 246, 255})
    void shouldPullByTheLongestNames(int length) throws IOException {
        String name = "a/" + "b".repeat(length - 2);
        try (OciImage image = OciImage.random(91, 1000)) {
            PushedImage pushed = image.push(registry, name, "1");
            for (int time = 0; time < 2; time++) {
                assertThat(ask("/v2/ghcr.io/" + name + "/manifests/1").body()).isEqualTo(pushed.manifestBytes());
                assertThat(ask("/v2/ghcr.io/" + name + "/manifests/" + pushed.manifestDigest())
                                .body())
                        .isEqualTo(pushed.manifestBytes());
                assertThat(ask("/v2/ghcr.io/" + name + "/blobs/" + pushed.configDigest())
                                .status())
                        .isEqualTo(200);
                assertThat(ask("/v2/ghcr.io/" + name + "/tags/list").text()).contains("\"1\"");
            }
        }
    }
}
