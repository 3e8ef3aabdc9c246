package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.Command;
import io.registrycache.rig.ConfigElement;
import io.registrycache.rig.Distance;
import io.registrycache.rig.ImageFormat;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.PushedIndex;
import io.registrycache.rig.Skopeo;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images are pulled before clients ask for them. */
class WarmIT {

    private static final Duration LATENCY = Duration.ofMillis(40);

    @TempDir
    private Path temp;

    private UpstreamRegistry hub;
    private UpstreamRegistry ghcr;
    private Distance toHub;
    private Distance toGhcr;

    @BeforeEach
    void open() {
        hub = UpstreamRegistry.open();
        ghcr = UpstreamRegistry.open();
        toHub = Distance.to(hub.port(), LATENCY);
        toGhcr = Distance.to(ghcr.port(), LATENCY);
    }

    @AfterEach
    void close() {
        toGhcr.close();
        toHub.close();
        ghcr.close();
        hub.close();
    }

    private CacheProcess start() {
        return CacheProcess.builder()
                .upstreams(toHub.configElement("docker.io"), toGhcr.configElement("ghcr.io"))
                .start();
    }

    private PushedImage push(UpstreamRegistry upstream, String name, String tag, long seed, long... layers)
            throws IOException {
        try (OciImage image = OciImage.random(seed, layers)) {
            return image.push(upstream, name, tag);
        }
    }

    private static Command warm(CacheProcess cache, String... arguments) {
        return Command.of(
                        "env",
                        "CACHE_HOST=127.0.0.1",
                        "CACHE_PORT=" + cache.endpoint().substring("127.0.0.1:".length()),
                        "ROUTES_DIR=" + Path.of("routes").toAbsolutePath(),
                        "TAG=1",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        "target/docker-registry-cache.jar",
                        "warm")
                .and(arguments);
    }

    private String file(String name, String content) throws IOException {
        return Files.writeString(temp.resolve(name), content).toString();
    }

    private void cutTheLines() {
        toHub.close();
        toGhcr.close();
        hub.stop();
        ghcr.stop();
    }

    private void assertServed(CacheProcess cache, String name, PushedImage image) throws IOException {
        Path layout = Files.createTempDirectory(temp, "layout");
        assertThat(Skopeo.anonymous().copy(cache.endpoint() + "/" + name, layout))
                .isEqualTo(image.manifestDigest());
    }

    @Test
    void shouldPullAListOnceAndServeItWhenTheUpstreamsAreGone() throws IOException {
        PushedImage postgres = push(hub, "library/postgres", "latest", 1, 3_000_000, 10_000);
        PushedImage app = push(ghcr, "my/app", "1", 2, 200_000);
        String list = file("list", """
                # what the hosts need
                postgres
                ghcr.io/my/app:1  # ours
                """);
        try (CacheProcess cache = start()) {
            String output = warm(cache, list).run();

            assertThat(output.lines())
                    .containsExactlyInAnyOrder(
                            "postgres: cached, 3 of 3 layers pulled",
                            "ghcr.io/my/app:1: cached, 2 of 2 layers pulled",
                            "2 of 2 images are cached, 3.2 MB pulled");
            toHub.forget();
            toGhcr.forget();
            assertThat(warm(cache, list).run())
                    .contains("postgres: cached, 0 of 3 layers pulled", "2 of 2 images are cached, 0.0 MB pulled");
            // Only the digests of the tags were asked for.
            assertThat(Stream.of(toHub, toGhcr).flatMap(line -> line.requests().stream()))
                    .allMatch(request -> request.startsWith("HEAD ") && request.contains("/manifests/"));

            cutTheLines();
            assertServed(cache, "postgres", postgres);
            assertServed(cache, "ghcr.io/my/app:1", app);
        }
    }

    @Test
    void shouldPullTheImagesOfAComposeFileAndOfKubernetesManifests() throws IOException {
        PushedImage web = push(hub, "my/web", "1", 1, 50_000);
        PushedImage init = push(ghcr, "my/init", "1", 2, 60_000);
        PushedImage cron = push(ghcr, "my/cron", "1", 3, 70_000);
        PushedIndex index;
        try (OciImage amd = OciImage.random(ImageFormat.OCI, "amd64", 4, 80_000);
                OciImage arm = OciImage.random(ImageFormat.OCI, "arm64", 5, 90_000)) {
            index = OciImage.pushIndex(ghcr, "my/multi", "1", amd, arm);
        }
        String compose = file("compose.yaml", """
                services:
                  web:
                    image: ${REGISTRY:-docker.io}/my/web:${TAG}
                  built:
                    build: .
                    image: my/built
                """);
        String manifests = file("all.yaml", """
                kind: Deployment
                spec:
                  template:
                    spec:
                      initContainers: [{name: i, image: "ghcr.io/my/init:1"}]
                      containers: [{name: m, image: "ghcr.io/my/multi:1"}]
                ---
                kind: CronJob
                spec: {jobTemplate: {spec: {template: {spec: {containers: [{image: "ghcr.io/my/cron:1"}]}}}}}
                """);
        try (CacheProcess cache = start()) {
            String command =
                    String.join(" ", warm(cache, "--platform", "linux/amd64").words()) + " - ";
            String output = warm(cache, "--platform", "linux/amd64", compose).run()
                    + Command.of("sh", "-c", command + " <" + manifests).run();

            assertThat(output)
                    .contains("1 of 1 images are cached", "3 of 3 images are cached")
                    .doesNotContain("my/built");
            cutTheLines();
            assertServed(cache, "my/web:1", web);
            assertServed(cache, "ghcr.io/my/init:1", init);
            assertServed(cache, "ghcr.io/my/cron:1", cron);
            assertServed(cache, "ghcr.io/my/multi:1", index.images().get(0));
            assertThat(cache.blobFile("ghcr.io", index.images().get(0).layers().get(0)))
                    .exists();
            assertThat(cache.blobFile("ghcr.io", index.images().get(1).layers().get(0)))
                    .doesNotExist();
        }
    }

    @Test
    void shouldPullAllPlatformsAndSayWhichThereAre() throws IOException {
        PushedIndex index;
        try (OciImage amd = OciImage.random(ImageFormat.DOCKER, "amd64", 4, 80_000);
                OciImage arm = OciImage.random(ImageFormat.DOCKER, "arm64", 5, 90_000)) {
            index = OciImage.pushIndex(ghcr, "my/multi", "1", amd, arm);
        }
        try (CacheProcess cache = start()) {
            assertThatThrownBy(() -> warm(cache, "--platform", "linux/s390x", "ghcr.io/my/multi:1")
                            .run())
                    .hasMessage("env ended with 1:\ndocker-registry-cache: ghcr.io/my/multi:1:"
                            + " has no linux/s390x; there are linux/amd64, linux/arm64\n");

            assertThat(warm(cache, "--platform=all", "ghcr.io/my/multi:1").run())
                    .contains("ghcr.io/my/multi:1: cached, 4 of 4 layers pulled");
            for (PushedImage image : index.images()) {
                assertThat(cache.blobFile("ghcr.io", image.layers().get(0))).exists();
            }
        }
    }

    @Test
    void shouldEndWithOneAndTheNamesOfImagesThatCouldNotBePulled() throws IOException {
        PushedImage app = push(ghcr, "my/app", "1", 2, 200_000);
        try (CacheProcess cache = start()) {
            assertThatThrownBy(() -> warm(cache, "ghcr.io/my/app:1", "ghcr.io/my/app:2", "no/image", "quay.io/my/app")
                            .run())
                    .hasMessageStartingWith("env ended with 1:\n")
                    .hasMessageContaining("docker-registry-cache: ghcr.io/my/app:2: manifest unknown\n")
                    .hasMessageContaining("docker-registry-cache: no/image: manifest unknown\n")
                    .hasMessageContaining("docker-registry-cache: quay.io/my/app: no upstream registry is called"
                            + " \"quay.io\"; there are: docker.io, ghcr.io\n");

            cutTheLines();
            assertServed(cache, "ghcr.io/my/app:1", app);
            assertThatThrownBy(() -> warm(cache, "ghcr.io/my/other").run())
                    .hasMessageContaining("docker-registry-cache: ghcr.io/my/other: the upstream registry ghcr.io");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                      | warm: no image is named; give images, files with images",
                "--all                   | warm: unknown option --all",
                "--platform              | --platform: \"\" is not a platform",
                "--platform amd64 a      | --platform: \"amd64\" is not a platform",
                "no/such.yaml            | no/such.yaml: no such file",
                "No/Image                | \"No/Image\" is not an image",
            })
    void shouldEndWithTwoAndOneLineOnAMistakeInTheCall(String arguments, String message) {
        CacheProcess.Ended ended = CacheProcess.builder()
                .arguments("warm")
                .arguments(arguments.isEmpty() ? new String[0] : arguments.split(" "))
                .runToEnd();

        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.output().lines()).singleElement().asString().contains(message);
    }

    @Test
    void shouldSayThatTheProgramDoesNotRun() {
        CacheProcess.Ended ended =
                CacheProcess.builder().arguments("warm", "debian").runToEnd();

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.output()).contains("no docker-registry-cache answers on port ", "; start the program");
    }

    @Test
    void shouldShowItsProgressOnATerminal() throws IOException {
        push(ghcr, "my/app", "1", 2, 3_000_000);
        toGhcr.bandwidth(3_000_000);
        try (CacheProcess cache = start()) {
            String command = String.join(" ", warm(cache, "ghcr.io/my/app:1").words());

            String output = Command.of("script", "-qec", command, "/dev/null").run();

            assertThat(output)
                    .containsPattern("\r\033\\[K0 of 1 images, [012]\\.[0-9] MB")
                    .contains("\r\033[Kghcr.io/my/app:1: cached, 2 of 2 layers pulled")
                    .contains("1 of 1 images are cached, 3.0 MB pulled");
        }
    }

    @Test
    void shouldPullTheImagesOfTheConfigurationAgainAndAgain() throws IOException {
        PushedImage first = push(ghcr, "my/app", "stable", 1, 100_000);
        PushedImage ofYaml = push(hub, "my/yaml", "1", 2, 100_000);
        String warm = "\"warm\": {\"images\": [\"my/app:stable\", \"my/late:1\"], \"every\": \"1m\"}";
        Path routes = routes("""
                - templatedRoute:
                    routeTemplateRef: upstream
                    routeId: yaml.example
                    parameters:
                      - { name: name, value: yaml.example }
                      - { name: registry, value: "%s" }
                      - { name: warm, value: "my/yaml:1" }
                """.formatted(toHub.url()));
        try (CacheProcess cache = CacheProcess.builder()
                .upstreams(ConfigElement.with(toGhcr.configElement("ghcr.io"), warm))
                .env("ROUTES_DIR", routes.toString())
                .start()) {
            cache.awaitCached("ghcr.io", first.layers().get(0));
            cache.awaitCached("yaml.example", ofYaml.layers().get(0));
            String begun = "upstream=ghcr.io image=my/late:1 warm=false why=\"manifest unknown\"";
            await().until(() -> cache.program().output().contains(begun));

            PushedImage moved = push(ghcr, "my/app", "stable", 3, 100_000);
            PushedImage late = push(ghcr, "my/late", "1", 4, 100_000);
            await().atMost(100, TimeUnit.SECONDS)
                    .until(() -> List.of(moved, late).stream()
                            .allMatch(it -> Files.exists(
                                    cache.blobFile("ghcr.io", it.layers().get(0)))));

            await().untilAsserted(() -> assertThat(cache.program().output())
                    .containsOnlyOnce(begun)
                    .containsOnlyOnce("upstream=ghcr.io image=my/late:1 warm=true after_seconds=")
                    .doesNotContain("image=my/app:stable warm="));
            cutTheLines();
            assertServed(cache, "ghcr.io/my/app:stable", moved);
        }
    }

    @Test
    void shouldPullAtOnceAnImageThatIsAddedToTheConfiguration() throws IOException {
        PushedImage app = push(ghcr, "my/app", "1", 1, 100_000);
        String element = toGhcr.configElement("ghcr.io");
        Path config = Path.of(file("config.json", "[" + element + "]"));
        try (CacheProcess cache =
                CacheProcess.builder().env("CONFIG_FILE", config.toString()).start()) {
            Files.writeString(
                    config, "[" + ConfigElement.with(element, "\"warm\": {\"images\": [\"my/app:1\"]}") + "]");

            await().atMost(30, TimeUnit.SECONDS)
                    .until(() ->
                            Files.exists(cache.blobFile("ghcr.io", app.layers().get(0))));
        }
    }

    private Path routes(String upstreams) throws IOException {
        Path routes = Files.createDirectory(temp.resolve("routes"));
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            for (Path file : files.toList()) {
                Files.copy(file, routes.resolve(file.getFileName()));
            }
        }
        Files.writeString(routes.resolve("upstreams.camel.yaml"), upstreams);
        return routes;
    }

    @Test
    void shouldNotHoldUpTheEndOfTheProgram() throws IOException {
        push(ghcr, "my/app", "1", 1, 60_000_000);
        toGhcr.bandwidth(1_000_000);
        String warm = "\"warm\": {\"images\": [\"my/app:1\"]}";
        try (CacheProcess cache = CacheProcess.builder()
                .upstreams(ConfigElement.with(toGhcr.configElement("ghcr.io"), warm))
                .start()) {
            await().until(() -> toGhcr.bytes() > 2_000_000);
            long began = System.nanoTime();

            assertThat(cache.stop()).isZero();

            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
            assertThat(cache.program().output()).doesNotContain(" WARN ", " ERROR ");
        }
    }
}
