package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.registrycache.rig.Authority;
import io.registrycache.rig.Blob;
import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.ConfigElement;
import io.registrycache.rig.Credentials;
import io.registrycache.rig.Download;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.HttpReply;
import io.registrycache.rig.JmxClient;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.Ports;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.TokenGate;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.management.InstanceNotFoundException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator changes files while the program runs. */
class ReloadIT {

    private static final Duration SOON = Duration.ofSeconds(5);

    @TempDir
    Path temp;

    private UpstreamRegistry upstream;
    private PushedImage image;
    private Blob layer;
    private Path config;

    @BeforeEach
    void push() throws IOException {
        upstream = UpstreamRegistry.open();
        try (OciImage random = OciImage.random(1, 50_000, 12_000_000)) {
            image = random.push(upstream, "my/image", "1");
            layer = image.layers().get(1);
        }
        config = temp.resolve("config.json");
    }

    @AfterEach
    void stop() {
        upstream.close();
    }

    private void configure(String... elements) throws IOException {
        Files.writeString(config, "[" + String.join(",\n", elements) + "]\n");
    }

    private CacheProcess.Builder builder() {
        return CacheProcess.builder()
                .env("CONFIG_FILE", config.toString())
                .env("SSL_CERT_FILE", "")
                .env("SSL_CERT_DIR", "");
    }

    private String element(String name) {
        return upstream.configElement(name);
    }

    private HttpReply get(CacheProcess cache, String name) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(cache.endpoint())) {
            probe.get("/v2/" + name + "/my/image/manifests/1", "Accept: " + image.mediaType());
            return probe.receive();
        }
    }

    private void awaitStatus(CacheProcess cache, String name, int status) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(get(cache, name).status()).isEqualTo(status));
    }

    private static String management(CacheProcess cache, String path) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(cache.managementEndpoint())) {
            probe.get(path);
            return probe.receive().text();
        }
    }

    /** A transfer that takes four seconds. */
    private CompletableFuture<Download.Result> slow(CacheProcess cache, String name) {
        Download download = Download.of(cache.url() + "/v2/" + name + "/my/image/blobs/" + layer.digest())
                .throttledTo(3_000_000);
        return CompletableFuture.supplyAsync(() -> {
            try {
                return download.run();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static List<String> lines(CacheProcess cache, String part) {
        return cache.program()
                .output()
                .lines()
                .filter(line -> line.contains(part))
                .toList();
    }

    @Test
    void shouldAddAndRemoveAnUpstreamWithAllThatBelongsToIt() throws Exception {
        configure(element("ghcr.io"));
        int port = Ports.free();
        try (CacheProcess cache =
                        builder().env("JMX_PORT", Integer.toString(port)).start();
                JmxClient jmx = JmxClient.connect(port)) {
            assertThat(get(cache, "quay.io").status()).isEqualTo(404);
            configure(element("ghcr.io"), element("quay.io"));
            awaitStatus(cache, "quay.io", 200);
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(jmx.upstreamAttribute("quay.io", "State"))
                            .isEqualTo("Serving"));
            assertThat(management(cache, "/observe/health")).contains("\"quay.io\"");
            assertThat(management(cache, "/observe/metrics")).contains("upstream=\"quay.io\"");
            assertThat(management(cache, "/api/status")).contains("\"quay.io\"");
            assertThat(management(cache, "/api/images")).contains("quay.io/my/image");

            CompletableFuture<Download.Result> transfer = slow(cache, "quay.io");
            await().until(() -> jmx.upstreamAttribute("quay.io", "InFlight").equals(1L));
            configure(element("ghcr.io"));
            awaitStatus(cache, "quay.io", 404);
            assertThat(get(cache, "quay.io").text()).contains("NAME_UNKNOWN").contains("there are: ghcr.io");
            assertThat(management(cache, "/api/status")).contains("\"quay.io\"").doesNotContain("\"name\":\"quay.io\"");
            assertThat(transfer.get().digest()).isEqualTo(layer.digest());

            await().atMost(SOON).until(() -> cache.program().children().size() == 1);
            await().atMost(SOON)
                    .untilAsserted(() ->
                            assertThat(management(cache, "/observe/metrics")).doesNotContain("quay.io"));
            assertThat(management(cache, "/observe/health")).doesNotContain("quay.io");
            assertThatThrownBy(() -> jmx.upstreamAttribute("quay.io", "State"))
                    .isInstanceOf(InstanceNotFoundException.class);
            await().atMost(SOON)
                    .untilAsserted(() -> assertThatThrownBy(() -> jmx.routeAttribute("quay.io", "State"))
                            .isInstanceOf(InstanceNotFoundException.class));

            configure(element("quay.io"), element("ghcr.io"));
            awaitStatus(cache, "quay.io", 200);
            assertThat(slow(cache, "quay.io").get().digest()).isEqualTo(layer.digest());
            assertThat(lines(cache, "configuration changed"))
                    .hasSize(3)
                    .last()
                    .asString()
                    .contains("added=\"quay.io\"")
                    .contains("default=quay.io");
            assertThat(lines(cache, " ERROR ")).isEmpty();
        }
    }

    @Test
    void shouldKeepTheLastValidConfigurationWhenAFileHasAMistake() throws Exception {
        configure(element("ghcr.io"));
        try (CacheProcess cache = builder().start()) {
            Files.writeString(config, "[" + element("ghcr.io"));
            await().atMost(SOON).until(() -> lines(cache, " ERROR ").size() == 1);
            assertThat(lines(cache, " ERROR ").get(0))
                    .contains(config + ": CONFIG: is not valid JSON at line 1, column");
            assertThat(get(cache, "ghcr.io").status()).isEqualTo(200);
            configure(element("ghcr.io"), element("ghcr.io"));
            await().atMost(SOON).until(() -> lines(cache, " ERROR ").size() == 2);
            assertThat(lines(cache, " ERROR ").get(1)).contains("CONFIG[1]: the name \"ghcr.io\" is taken");
            configure(ConfigElement.with(element("ghcr.io"), "\"limit\": \"lots\""));
            await().atMost(SOON).until(() -> lines(cache, " ERROR ").size() == 3);
            configure(ConfigElement.of("ghcr.io", upstream.url(), "REGISTRY_PROXY_PASSWORD_FILE", temp + "/none"));
            await().atMost(SOON).until(() -> lines(cache, " ERROR ").size() == 4);
            assertThat(lines(cache, " ERROR ").get(3)).contains(temp + "/none cannot be read");
            // Each is told once.
            await().during(Duration.ofSeconds(2))
                    .atMost(SOON)
                    .until(() -> lines(cache, " ERROR ").size() == 4);
            assertThat(get(cache, "ghcr.io").status()).isEqualTo(200);

            configure(element("ghcr.io"), element("quay.io"));
            awaitStatus(cache, "quay.io", 200);
            assertThat(lines(cache, " ERROR ")).hasSize(4);
        }
    }

    @Test
    void shouldFollowTheYamlRoutes() throws Exception {
        configure(element("ghcr.io"));
        Path routes = Files.createDirectory(temp.resolve("routes"));
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            for (Path file : files.toList()) {
                Files.copy(file, routes.resolve(file.getFileName()));
            }
        }
        Path yaml = routes.resolve("upstreams.camel.yaml");
        String right = """
                - templatedRoute:
                    routeTemplateRef: upstream
                    routeId: yaml.example
                    parameters:
                      - { name: name, value: yaml.example }
                      - { name: registry, value: "%s" }
                """.formatted(upstream.url());
        try (CacheProcess cache = builder().env("ROUTES_DIR", routes.toString()).start()) {
            Files.writeString(yaml, right);
            awaitStatus(cache, "yaml.example", 200);
            Files.writeString(yaml, right + "      - { name: aliases, value: \"yet.example, another.example\" }\n");
            awaitStatus(cache, "another.example", 200);
            Files.writeString(yaml, right.replace("    routeId", "  routeId"));
            await().atMost(SOON).until(() -> lines(cache, " ERROR ").size() == 1);
            assertThat(lines(cache, " ERROR ").get(0)).contains(yaml + ", line 4, column ");
            Files.writeString(yaml, right.replace("routeId", "routeIt"));
            await().atMost(SOON).until(() -> lines(cache, " ERROR ").size() == 2);
            assertThat(lines(cache, " ERROR ").get(1))
                    .contains(yaml + ", line 3, column 14: Unsupported field: routeIt");
            assertThat(get(cache, "another.example").status()).isEqualTo(200);
            Files.writeString(yaml, "# nothing\n");
            awaitStatus(cache, "yaml.example", 404);
            assertThat(lines(cache, " ERROR ")).hasSize(2);
        }
    }

    @Test
    void shouldUseAPasswordAsSoonAsItIsInItsFile() throws Exception {
        Credentials credentials = new Credentials("me", "the right one");
        Path password = Files.writeString(temp.resolve("password"), "the wrong one\n");
        try (TokenGate gate = TokenGate.before(upstream, credentials)) {
            configure(ConfigElement.of("ghcr.io", gate.url(), new Credentials("me", ""))
                    .replace(
                            "\"REGISTRY_PROXY_PASSWORD\":\"\"",
                            "\"REGISTRY_PROXY_PASSWORD_FILE\":\"" + password + "\""));
            try (CacheProcess cache = builder().start()) {
                awaitStatus(cache, "ghcr.io", 401);
                List<Long> children = cache.program().children();
                Files.writeString(password, "the right one\n");
                awaitStatus(cache, "ghcr.io", 200);
                assertThat(slow(cache, "ghcr.io").get().digest()).isEqualTo(layer.digest());
                assertThat(lines(cache, "configuration changed"))
                        .singleElement()
                        .asString()
                        .contains("changed=\"ghcr.io (REGISTRY_PROXY_PASSWORD)\"")
                        .doesNotContain("the right one");
                assertThat(cache.program().children()).isEqualTo(children);
            }
        }
    }

    @Test
    void shouldTrustACertificateAsSoonAsItIsInItsFile() throws Exception {
        try (Authority authority = Authority.of("ghcr.io");
                Authority other = Authority.of("ghcr.io");
                UpstreamRegistry tls = UpstreamRegistry.open(
                        Ports.free(),
                        Map.of(
                                "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY",
                                upstream.storage().toString(),
                                "REGISTRY_HTTP_TLS_CERTIFICATE",
                                authority.certificate().toString(),
                                "REGISTRY_HTTP_TLS_KEY",
                                authority.key().toString()))) {
            Path trusted = Files.copy(other.trusted(), temp.resolve("ca.pem"));
            configure(ConfigElement.of("ghcr.io", "https://127.0.0.1:" + tls.port()));
            try (CacheProcess cache =
                    builder().env("SSL_CERT_FILE", trusted.toString()).start()) {
                awaitStatus(cache, "ghcr.io", 503);
                Files.writeString(trusted, "no certificate\n");
                await().atMost(SOON).until(() -> lines(cache, " ERROR ").size() == 1);
                assertThat(lines(cache, " ERROR ").get(0)).contains(trusted + ": SSL_CERT_FILE: ");
                Files.writeString(trusted, Files.readString(authority.trusted()));
                awaitStatus(cache, "ghcr.io", 200);
                assertThat(lines(cache, "configuration changed").get(0)).contains("ghcr.io (certificates)");
            }
        }
    }

    @Test
    void shouldMoveToAnotherStorageAndEndTheOldChildAfterItsLastTransfer() throws Exception {
        Path other = temp.resolve("other");
        configure(element("ghcr.io"));
        try (CacheProcess cache = builder().start()) {
            assertThat(get(cache, "ghcr.io").status()).isEqualTo(200);
            List<Long> before = cache.program().children();
            // Downloaded while it is sent.
            CompletableFuture<Download.Result> transfer = slow(cache, "ghcr.io");
            await().until(() -> management(cache, "/api/status").contains("\"inFlight\":1"));
            configure(ConfigElement.of(
                    "ghcr.io", upstream.url(), "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", other.toString()));
            await().atMost(SOON)
                    .until(() -> lines(cache, "configuration changed").size() == 1);
            await().atMost(SOON).until(() -> cache.program().children().size() == 2);
            assertThat(get(cache, "ghcr.io").status()).isEqualTo(200);
            assertThat(slow(cache, "ghcr.io").get().digest()).isEqualTo(layer.digest());
            assertThat(transfer.get().digest()).isEqualTo(layer.digest());
            await().atMost(SOON).until(() -> cache.program().children().size() == 1);
            assertThat(cache.program().children()).doesNotContainAnyElementsOf(before);
            assertThat(other.resolve("ghcr.io/docker/registry/v2/blobs")).isDirectory();
            assertThat(other.resolve(".docker-registry-cache/running")).exists();

            configure(ConfigElement.of("ghcr.io", upstream.url(), "REGISTRY_STORAGE", "inmemory"));
            await().atMost(SOON)
                    .until(() -> lines(cache, "configuration changed").size() == 2);
            assertThat(get(cache, "ghcr.io").status()).isEqualTo(200);
            assertThat(slow(cache, "ghcr.io").get().digest()).isEqualTo(layer.digest());
            await().atMost(SOON).until(() -> !Files.exists(other.resolve(".docker-registry-cache/running")));
            assertThat(lines(cache, " ERROR ")).isEmpty();
            assertThat(cache.stop()).isZero();
        }
    }
}
