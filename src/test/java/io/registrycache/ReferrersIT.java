package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.Command;
import io.registrycache.rig.ConfigElement;
import io.registrycache.rig.Distance;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.HttpReply;
import io.registrycache.rig.LyingUpstream;
import io.registrycache.rig.NextDebian;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.ReferringUpstream;
import io.registrycache.rig.RegistryPush;
import io.registrycache.rig.Sha256;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signatures and other artifacts that refer to an image: found, pulled, and kept for outages. */
class ReferrersIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String SBOM = "application/vnd.example.sbom.v1+json";
    private static final String SIGNATURE = "application/vnd.example.signature.v1+json";

    @TempDir
    Path temp;

    private ReferringUpstream upstream;
    private UpstreamRegistry plain;
    private LyingUpstream lying;
    private Distance distance;
    private OciImage layers;
    private PushedImage image;
    private CacheProcess cache;

    @BeforeEach
    void start() throws IOException {
        upstream = ReferringUpstream.open();
        plain = UpstreamRegistry.open();
        lying = LyingUpstream.open();
        distance = Distance.to(upstream.port(), Duration.ofMillis(40));
        layers = OciImage.random(71, 1000);
        image = layers.push(plain, "my/image", "1");
        startCache();
    }

    private void startCache() {
        cache = CacheProcess.builder()
                .storage(temp.resolve("storage"))
                .upstreams(
                        distance.configElement("ghcr.io"),
                        plain.configElement("plain.example"),
                        ConfigElement.of("lying.example", lying.url()))
                .start();
    }

    @AfterEach
    void stop() {
        cache.stop();
        cache.assertNoLeak();
        cache.close();
        layers.close();
        distance.close();
        lying.close();
        plain.close();
        upstream.close();
    }

    private String refer(String registry, String artifactType, String tag) throws IOException {
        RegistryPush push = new RegistryPush(registry, Optional.empty());
        String config = push.blob("my/image", "{}");
        String layer = push.blob("my/image", "content of " + tag);
        String manifest = "{\"schemaVersion\":2,\"mediaType\":\"" + MANIFEST + "\",\"artifactType\":\"" + artifactType
                + "\",\"config\":{\"mediaType\":\"application/vnd.oci.empty.v1+json\",\"digest\":\"" + config
                + "\",\"size\":2},\"layers\":[{\"mediaType\":\"application/vnd.example.unknown\",\"digest\":\"" + layer
                + "\",\"size\":" + ("content of " + tag).length() + "}],\"subject\":{\"mediaType\":\"" + MANIFEST
                + "\",\"digest\":\"" + image.manifestDigest() + "\",\"size\":" + image.manifestBytes().length + "}}";
        return push.manifest("my/image", tag, MANIFEST, manifest);
    }

    private HttpReply ask(String path) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(cache.endpoint())) {
            probe.get(path);
            return probe.receive();
        }
    }

    private String referrers(String upstreamName) {
        return "/v2/" + upstreamName + "/my/image/referrers/" + image.manifestDigest();
    }

    private static List<String> digests(HttpReply reply) throws IOException {
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(reply.header("Content-Type")).hasValue(INDEX);
        JsonNode index = JSON.readTree(reply.body());
        assertThat(index.path("schemaVersion").asInt()).isEqualTo(2);
        return index.path("manifests").findValuesAsText("digest");
    }

    @Test
    void shouldAnswerAsTheUpstreamDoes() throws IOException {
        String sbom = refer(upstream.url(), SBOM, "sbom");
        String signature = refer(upstream.url(), SIGNATURE, "signature");

        HttpReply all = ask(referrers("ghcr.io"));
        HttpReply filtered = ask(referrers("ghcr.io") + "?artifactType=" + SBOM.replace("+", "%2B"));
        HttpReply others = ask("/v2/ghcr.io/my/image/referrers/sha256:" + "0".repeat(64));

        assertThat(digests(all)).containsExactly(sbom, signature);
        assertThat(all.header("OCI-Filters-Applied")).isEmpty();
        assertThat(digests(filtered)).containsExactly(sbom);
        assertThat(filtered.header("OCI-Filters-Applied")).hasValue("artifactType");
        assertThat(digests(others)).isEmpty();
    }

    @Test
    void shouldFilterWhereTheUpstreamDoesNot() throws IOException {
        upstream.unfiltering();
        refer(upstream.url(), SBOM, "sbom");
        String signature = refer(upstream.url(), SIGNATURE, "signature");

        HttpReply filtered = ask(referrers("ghcr.io") + "?artifactType=" + SIGNATURE);

        assertThat(digests(filtered)).containsExactly(signature);
        assertThat(filtered.header("OCI-Filters-Applied")).hasValue("artifactType");
    }

    @Test
    void shouldLeadThroughAllPagesByTheNamesThatTheClientTyped() throws IOException {
        upstream.paging(2);
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(refer(upstream.url(), i == 3 ? SIGNATURE : SBOM, "artifact" + i));
        }
        List<String> sboms = new ArrayList<>(all);
        sboms.remove(3);
        String ofSboms = "artifactType=" + SBOM.replace("+", "%2B");
        String digest = "/referrers/" + image.manifestDigest();

        assertThat(pages("/v2/ghcr.io/my/image" + digest)).isEqualTo(all);
        assertThat(pages("/ghcr.io/v2/my/image" + digest)).isEqualTo(all);
        assertThat(pages("/v2/my/image" + digest + "?ns=ghcr.io")).isEqualTo(all);
        assertThat(pages("/v2/my/image" + digest + "?ns=ghcr.io&" + ofSboms)).isEqualTo(sboms);
        // One that does not filter leaves the type out of its links, too.
        upstream.unfiltering();
        upstream.forget();
        await().untilAsserted(() -> assertThat(pages("/v2/ghcr.io/my/image" + digest + "?" + ofSboms))
                .isEqualTo(sboms)
                .hasSize(4));
        await().untilAsserted(() -> {
            pages("/v2/ghcr.io/my/image" + digest + "?" + ofSboms);
            assertThat(upstream.asked())
                    .anyMatch(target -> target.contains("from=4"))
                    .allMatch(target -> target.contains("artifactType=application%2Fvnd.example.sbom.v1%2Bjson"));
        });
    }

    private List<String> pages(String first) throws IOException {
        List<String> found = new ArrayList<>();
        String next = first;
        while (!next.isEmpty()) {
            HttpReply page = ask(next);
            found.addAll(digests(page));
            next = page.header("Link")
                    .map(link -> link.substring(1, link.indexOf('>')))
                    .orElse("");
        }
        return found;
    }

    @Test
    void shouldReadTheTagSchemaWhereTheUpstreamHasNoReferrersApi() throws IOException {
        assertThat(digests(ask(referrers("plain.example")))).isEmpty();
        String sbom = refer(plain.url(), SBOM, "sbom");
        String signature = refer(plain.url(), SIGNATURE, "signature");
        new RegistryPush(plain.url(), Optional.empty())
                .manifest(
                        "my/image",
                        image.manifestDigest().replace(':', '-'),
                        INDEX,
                        "{\"schemaVersion\":2,\"mediaType\":\"" + INDEX + "\",\"manifests\":[" + descriptor(SBOM, sbom)
                                + "," + descriptor(SIGNATURE, signature) + "]}");

        await().untilAsserted(() ->
                assertThat(digests(ask(referrers("plain.example")))).containsExactly(sbom, signature));
        await().untilAsserted(() -> assertThat(digests(ask(referrers("plain.example") + "?artifactType=" + SIGNATURE)))
                .containsExactly(signature));
    }

    private static String descriptor(String artifactType, String digest) {
        return "{\"mediaType\":\"" + MANIFEST + "\",\"artifactType\":\"" + artifactType + "\",\"digest\":\"" + digest
                + "\",\"size\":10}";
    }

    @Test
    void shouldAskOnceForManyClients() throws IOException {
        String sbom = refer(upstream.url(), SBOM, "sbom");

        List<CompletableFuture<List<String>>> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            clients.add(CompletableFuture.supplyAsync(() -> {
                try {
                    return digests(ask(referrers("ghcr.io")));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }));
        }

        assertThat(clients).allSatisfy(client -> assertThat(client.join()).containsExactly(sbom));
        assertThat(upstream.asked()).hasSize(1);
        // Fresh for a few seconds only.
        String signature = refer(upstream.url(), SIGNATURE, "signature");
        await().untilAsserted(
                        () -> assertThat(digests(ask(referrers("ghcr.io")))).containsExactly(sbom, signature));
    }

    @Test
    void shouldServeReferrersDuringAnOutage() throws IOException {
        String sbom = refer(upstream.url(), SBOM, "sbom");
        layers.push(new RegistryPush(upstream.url(), Optional.empty()), "my/image", "1");
        assertThat(digests(ask(referrers("ghcr.io")))).containsExactly(sbom);
        byte[] manifest = ask("/v2/ghcr.io/my/image/manifests/" + sbom).body();
        String layer = JSON.readTree(manifest).at("/layers/0/digest").asText();
        assertThat(ask("/v2/ghcr.io/my/image/blobs/" + layer).text()).isEqualTo("content of sbom");
        // An image without referrers, too.
        assertThat(ask("/v2/ghcr.io/my/image/manifests/" + sbom).status()).isEqualTo(200);
        String ofSbom = "/v2/ghcr.io/my/image/referrers/" + sbom;
        assertThat(digests(ask(ofSbom))).isEmpty();

        upstream.leave();
        assertThat(cache.stop()).isZero();
        cache.close();
        startCache();

        assertThat(digests(ask(referrers("ghcr.io")))).containsExactly(sbom);
        assertThat(digests(ask(referrers("ghcr.io") + "?artifactType=" + SBOM))).containsExactly(sbom);
        assertThat(digests(ask(referrers("ghcr.io") + "?artifactType=" + SIGNATURE)))
                .isEmpty();
        assertThat(digests(ask(ofSbom))).isEmpty();
        assertThat(ask("/v2/ghcr.io/my/image/manifests/" + sbom).body()).isEqualTo(manifest);
        assertThat(ask("/v2/ghcr.io/my/image/blobs/" + layer).text()).isEqualTo("content of sbom");
        // Nothing is known of these.
        HttpReply unknown = ask("/v2/ghcr.io/my/image/referrers/sha256:" + "0".repeat(64));
        assertThat(unknown.status()).isEqualTo(503);
        assertThat(unknown.text()).contains("ghcr.io");
    }

    @Test
    void shouldForgetReferrersWithTheRepository() throws IOException {
        refer(upstream.url(), SBOM, "sbom");
        ask(referrers("ghcr.io"));
        ask("/v2/ghcr.io/my/image/manifests/sbom");
        Path lists = temp.resolve("storage/ghcr.io/_referrers");
        assertThat(lists).isNotEmptyDirectory();

        Command.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        Path.of("target/docker-registry-cache.jar")
                                .toAbsolutePath()
                                .toString(),
                        "purge",
                        "ghcr.io/my/image")
                .with("CONFIG", "[" + distance.configElement("ghcr.io") + "]")
                .with(
                        "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY",
                        temp.resolve("storage").toString())
                .run();

        assertThat(lists).isEmptyDirectory();
    }

    @Test
    void shouldRefuseAnAnswerThatIsNotAListOfReferrers() throws IOException {
        for (String body : List.of(
                "",
                "[]",
                "{",
                "{}",
                "<html>",
                "{\"schemaVersion\":1,\"manifests\":[]}",
                "{\"schemaVersion\":2}",
                "{\"schemaVersion\":2,\"manifests\":{}}",
                "{\"schemaVersion\":2,\"manifests\":[1]}",
                "{\"schemaVersion\":2,\"manifests\":[{}]}",
                "{\"schemaVersion\":2,\"manifests\":[],\"manifests\":[]}",
                "{\"schemaVersion\":2,\"manifests\":[]}x",
                "{\"a\":".repeat(100_000),
                "{\"schemaVersion\":2,\"a\":\"" + "a".repeat(9 << 20) + "\",\"manifests\":[]}")) {
            lying.behave(exchange -> LyingUpstream.send(exchange, 200, INDEX, body.getBytes(StandardCharsets.UTF_8)));
            String start = body.substring(0, Math.min(60, body.length()));

            HttpReply reply =
                    ask("/v2/lying.example/my/image/referrers/" + Sha256.of(body.getBytes(StandardCharsets.UTF_8)));

            assertThat(reply.status()).as(start).isIn(502, 503);
            assertThat(reply.text())
                    .as(start)
                    .startsWith("{\"errors\":[{\"code\":\"UNAVAILABLE\"")
                    .contains("lying.example");
        }
    }

    /** As clients list them, and as they are copied. */
    @Test
    void orasShouldFindAndCopyReferrersAsItDoesDirectly() throws IOException {
        String oras = NextDebian.program("oras").toString();
        layers.push(new RegistryPush(upstream.url(), Optional.empty()), "my/image", "1");
        Path file = Files.writeString(temp.resolve("sbom.json"), "{}");
        Command attach = Command.of(oras, "attach", "--plain-http", "--disable-path-validation");
        String subject = upstream.host() + "/my/image:1";
        attach.and("--artifact-type", SBOM, subject, file + ":application/json").run();
        attach.and("--artifact-type", SIGNATURE, subject, file + ":application/json")
                .run();

        Command discover = Command.of(oras, "discover", "--plain-http", "-o", "json");
        String through = cache.endpoint() + "/ghcr.io/my/image:1";
        for (int time = 0; time < 2; time++) {
            assertThat(found(discover.and(through).run()))
                    .hasSize(2)
                    .isEqualTo(found(discover.and(subject).run()));
        }
        Command copy = Command.of(oras, "copy", "-r", "--from-plain-http", "--to-oci-layout");
        copy.and(subject, temp.resolve("directly") + ":1").run();
        copy.and(through, temp.resolve("cached") + ":1").run();
        assertThat(blobs("cached")).hasSize(6).isEqualTo(blobs("directly"));

        upstream.leave();
        copy.and(through, temp.resolve("outage") + ":1").run();
        assertThat(blobs("outage")).isEqualTo(blobs("cached"));
    }

    private static List<String> found(String json) throws IOException {
        return JSON.readTree(json).path("manifests").findValuesAsText("digest");
    }

    private List<String> blobs(String layout) throws IOException {
        try (var files = Files.list(temp.resolve(layout).resolve("blobs/sha256"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void cosignShouldVerifyASignature() throws IOException {
        String cosign = NextDebian.program("cosign").toString();
        layers.push(new RegistryPush(upstream.url(), Optional.empty()), "my/image", "1");
        Command base = Command.of(cosign).with("COSIGN_PASSWORD", "").with("COSIGN_EXPERIMENTAL", "1");
        base.and("generate-key-pair", "--output-key-prefix", temp.resolve("key").toString())
                .run();
        base.and(
                        "sign",
                        "--yes",
                        "--tlog-upload=false",
                        "--allow-http-registry",
                        "--registry-referrers-mode=oci-1-1",
                        "--key=" + temp.resolve("key.key"),
                        upstream.host() + "/my/image@" + image.manifestDigest())
                .run();

        Command verify = base.and(
                "verify",
                "--experimental-oci11",
                "--insecure-ignore-tlog",
                "--allow-http-registry",
                "--key=" + temp.resolve("key.pub"));
        String reference = cache.endpoint() + "/ghcr.io/my/image@" + image.manifestDigest();
        assertThat(verify.and(reference).run()).contains(image.manifestDigest());
        upstream.leave();
        assertThat(verify.and(reference).run()).contains(image.manifestDigest());
    }
}
