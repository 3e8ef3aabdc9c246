package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;

import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.Skopeo;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the program starts, and how it says that it cannot. */
class StartIT {

    @TempDir
    Path temp;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[",
                "[\"ghcr.io\" \"gcr.io\"]",
                "{}",
                "[]",
                "[5]",
                "[{\"registry\": \"ghcr.io\", \"varibles\": {}}]",
                "[{\"registry\": \"ghcr.io\", \"variables\": {\"P\": \"t0p-s3cret\"}, \"x\": 0}]",
                "[{\"registry\": \"ghcr.io\", \"variables\": {\"P\": \"t0p-s3cret\"]",
                "[\"ghcr.io/foo\"]",
                "[\"ghcr.io?x\"]",
                "[\"https://me:t0p-s3cret@ghcr.io\"]",
                "[\"ghcr.io\", \"ghcr.io\"]",
                "[{\"registry\": \"ghcr.io\", \"name\": \"a/b\"}]",
            })
    void shouldEndAtOnceWithOneLineOnAMistakeInConfig(String config) {
        CacheProcess.Ended ended = CacheProcess.builder().config(config).runToEnd();

        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.output().lines())
                .singleElement()
                .asString()
                .startsWith("docker-registry-cache: CONFIG")
                .doesNotContain("t0p-s3cret");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CACHE_LIMIT        | lots | CACHE_LIMIT: \"lots\" is not a size",
                "CACHE_LIMIT        | 200% | CACHE_LIMIT: \"200%\" is not a size",
                "CACHE_LIMIT        | -1   | CACHE_LIMIT: \"-1\" is not a size",
                "CACHE_LIMIT        | 0    | CACHE_LIMIT: \"0\" is not a size",
                "CACHE_KEEP         | long | CACHE_KEEP: \"long\" is not a time",
                "REGISTRY_PROXY_TTL | -1h  | REGISTRY_PROXY_TTL: \"-1h\" is not a time",
                "CONFIG | [{'registry': 'ghcr.io', 'limit': '1 lot'}] | CONFIG[0].limit: \"1 lot\" is not a size",
                "CONFIG | [{'registry': 'ghcr.io', 'keep': '-1d'}]    | CONFIG[0].keep: \"-1d\" is not a time",
                "CONFIG | [{'registry': 'ghcr.io', 'pin': ['A B']}]   | CONFIG[0].pin: \"A B\" is not an image",
            })
    void shouldEndAtOnceWithOneLineOnAMistakeInABound(String variable, String value, String message) {
        CacheProcess.Ended ended =
                CacheProcess.builder().env(variable, value.replace('\'', '"')).runToEnd();

        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.output().lines()).singleElement().asString().contains(message);
    }

    @Test
    void shouldSayThatTheManagementPortIsTaken() {
        try (UpstreamRegistry upstream = UpstreamRegistry.open()) {
            CacheProcess.Ended ended = CacheProcess.builder()
                    .env("MANAGEMENT_PORT", Integer.toString(upstream.port()))
                    .runToEnd();

            assertThat(ended.exitCode()).isEqualTo(2);
            assertThat(ended.output().lines())
                    .containsExactly("docker-registry-cache: MANAGEMENT_PORT: " + upstream.port()
                            + " is in use on 127.0.0.1; give a port that is free");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CACHE_HOST      | 192.0.2.7   | CACHE_HOST: \"192.0.2.7\" is not an address of this machine",
                "CACHE_HOST      | no.such.host.invalid | CACHE_HOST: \"no.such.host.invalid\" is not known",
                "MANAGEMENT_HOST | 192.0.2.7   | MANAGEMENT_HOST: \"192.0.2.7\" is not an address of this machine",
                "LOG_LEVEL       | loud        | LOG_LEVEL: \"loud\" is not a level",
                "LOG_FORMAT      | xml         | LOG_FORMAT: \"xml\" is not a format",
                "REGISTRY_PROXY_USERNAME | me  | REGISTRY_PROXY_USERNAME: is given for",
            })
    void shouldEndAtOnceWithOneLineOnAMistake(String variable, String value, String message) {
        CacheProcess.Ended ended = CacheProcess.builder().env(variable, value).runToEnd();

        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.output().lines()).singleElement().asString().contains(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "upstream.camel.yaml   | steps:            | stepz:            | column 11: Unsupported field: stepz",
                "upstream.camel.yaml   | ref: fromFetch    | ref: fromFetsh    | unknown bean \"fromFetsh\"",
                "upstream.camel.yaml   | - routeTemplate:  | '- routeTemplate' | upstream.camel.yaml, line ",
                "management.camel.yaml | ref: healthAnswer | ref: healthyyy    | route health: unknown bean \"healthyyy\"",
                "errors.camel.yaml     |                   |                   | ROUTES_DIR: ",
            })
    void shouldSayWhereAMistakeInARouteIs(String name, @Nullable String from, @Nullable String to, String message)
            throws IOException {
        Path routes = routes();
        Path file = routes.resolve(name);
        if (from == null || to == null) {
            Files.delete(file);
        } else {
            Files.writeString(file, Files.readString(file).replaceFirst(Pattern.quote(from), to));
        }
        CacheProcess.Ended ended =
                CacheProcess.builder().env("ROUTES_DIR", routes.toString()).runToEnd();

        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.output().lines().filter(line -> line.startsWith("docker-registry-cache: ")))
                .singleElement()
                .asString()
                .contains(message);
        assertThat(ended.output()).doesNotContain("\tat ");
    }

    @Test
    void shouldSayThatANameInYamlHasCapitals() throws IOException {
        Path routes = routes();
        Files.writeString(routes.resolve("upstreams.camel.yaml"), """
                - templatedRoute:
                    routeTemplateRef: upstream
                    routeId: yaml.example
                    parameters:
                      - { name: name, value: Yaml.Example }
                """);
        CacheProcess.Ended ended =
                CacheProcess.builder().env("ROUTES_DIR", routes.toString()).runToEnd();

        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.output().lines())
                .containsExactly("docker-registry-cache: upstreams.camel.yaml, yaml.example:"
                        + " name \"Yaml.Example\" has capitals; give \"yaml.example\"");
    }

    /** A copy to change. */
    private Path routes() throws IOException {
        Path routes = Files.createDirectory(temp.resolve("routes"));
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            for (Path file : files.toList()) {
                Files.copy(file, routes.resolve(file.getFileName()));
            }
        }
        return routes;
    }

    @Test
    void shouldSayThatThereIsNoRegistryProgram() {
        CacheProcess.Ended ended =
                CacheProcess.builder().env("PATH", "/nowhere").runToEnd();

        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.output().lines())
                .singleElement()
                .asString()
                .contains("REGISTRY_COMMAND: no registry on the PATH; install it");
    }

    @Test
    void shouldSayThatThePortIsTakenAndLeaveNoChildBehind() {
        try (UpstreamRegistry upstream = UpstreamRegistry.open()) {
            CacheProcess.Ended ended = CacheProcess.builder()
                    .upstreams(upstream.configElement("taken.example"))
                    .port(upstream.port())
                    .runToEnd();

            assertThat(ended.exitCode()).isEqualTo(2);
            assertThat(ended.output().lines())
                    .containsExactly("docker-registry-cache: CACHE_PORT: " + upstream.port()
                            + " is in use on 127.0.0.1; give a port that is free");
            assertThat(childrenOf("taken.example")).isEmpty();
        }
    }

    private static Stream<ProcessHandle> childrenOf(String upstream) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains("/" + upstream + ".json"));
    }

    @Test
    void shouldAddAnUpstreamWithSixLinesOfYaml() throws IOException {
        try (UpstreamRegistry first = UpstreamRegistry.open();
                UpstreamRegistry second = UpstreamRegistry.open();
                OciImage image = OciImage.random(1, 1000)) {
            PushedImage pushed = image.push(second, "my/image", "1");
            Path routes = routes();
            Files.writeString(routes.resolve("upstreams.camel.yaml"), """
                    - templatedRoute:
                        routeTemplateRef: upstream
                        routeId: yaml.example
                        parameters:
                          - { name: name, value: yaml.example }
                          - { name: registry, value: "%s" }
                          - { name: aliases, value: "yet, another" }
                    """.formatted(second.url()));
            try (CacheProcess cache = CacheProcess.builder()
                    .upstreams(first.configElement("ghcr.io"))
                    .env("ROUTES_DIR", routes.toString())
                    .start()) {
                assertThat(Skopeo.anonymous().inspectRaw(cache.endpoint() + "/yaml.example/my/image:1"))
                        .isEqualTo(pushed.manifest());
                assertThat(Skopeo.anonymous().inspectRaw(cache.endpoint() + "/another/my/image:1"))
                        .isEqualTo(pushed.manifest());
            }
        }
    }

    @Test
    void shouldAnswerForItsHealth() throws IOException {
        try (UpstreamRegistry upstream = UpstreamRegistry.open();
                CacheProcess cache = CacheProcess.builder()
                        .upstreams(upstream.configElement("ghcr.io"))
                        .start();
                HttpProbe probe = HttpProbe.connect(cache.managementEndpoint())) {
            probe.get("/observe/health", "X-Mine: yes");

            var reply = probe.receive();
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.text()).contains("\"status\":\"UP\"").contains("\"name\":\"ghcr.io\"");
            assertThat(reply.header("X-Mine")).isEmpty();
        }
    }
}
