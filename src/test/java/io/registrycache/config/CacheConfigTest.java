package io.registrycache.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CacheConfigTest {

    private static final String SECRET = "s3cr3t-value";

    @TempDir
    Path home;

    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void aMachineWithARegistryProgram() throws IOException {
        Files.createDirectory(home.resolve("routes"));
        Files.createFile(home.resolve("docker-registry")).toFile().setExecutable(true);
        environment.put("PATH", "/nowhere:" + home);
    }

    private CacheConfig config() {
        return CacheConfig.of(environment, home);
    }

    private List<String> names() {
        return config().upstreams().all().stream().map(Upstream::name).toList();
    }

    @Test
    void shouldKnowThePublicRegistriesAndListenEverywhereWhenNothingIsSaid() {
        assertThat(names())
                .containsExactly(
                        "registry-1.docker.io", "ghcr.io", "quay.io", "gcr.io", "registry.k8s.io", "mcr.microsoft.com");
        assertThat(config().host()).isEqualTo("0.0.0.0");
        assertThat(config().port()).isEqualTo(5000);
        assertThat(config().managementHost()).isEqualTo("127.0.0.1");
        assertThat(config().managementPort()).isEqualTo(9876);
        assertThat(config().jmx()).isEmpty();
        assertThat(config().registryCommand()).isEqualTo(home.resolve("docker-registry"));
    }

    @Test
    void shouldRefuseAUserWithoutAPassword() {
        environment.put("CONFIG", """
                [{"registry": "ghcr.io", "variables": {"REGISTRY_PROXY_USERNAME": "me"}}]
                """);
        assertThatThrownBy(this::config)
                .hasMessage("REGISTRY_PROXY_USERNAME: is given for ghcr.io without REGISTRY_PROXY_PASSWORD;"
                        + " give both or none");
    }

    @Test
    void shouldAcceptAHostWithAnUnderscore() {
        environment.put("CONFIG", "[\"http://my_registry:5000\"]");
        assertThat(names()).containsExactly("my_registry");
        assertThat(config().upstreams().byDefault().url()).hasToString("http://my_registry:5000");
    }

    @Test
    void shouldWarnOfVariablesThatAreProbablyMisspelt() {
        environment.put("CACHE_PROT", "5001");
        environment.put("CACHE_SERVICE_HOST", "10.0.0.1");
        environment.put("CACHE_PORT_5000_TCP_ADDR", "10.0.0.1");
        environment.put("REGISTRY_LOG_LEVEL", "debug");
        environment.put("CONFIG", """
                [{"registry": "ghcr.io", "variables": {"REGISTRY_PROXY_USER": "me"}}]
                """);
        assertThat(config().warnings())
                .containsExactly(
                        "CACHE_PROT has no effect; is CACHE_PORT meant?",
                        "CONFIG, ghcr.io: REGISTRY_PROXY_USER has no effect; is REGISTRY_PROXY_USERNAME meant?");
    }

    @Test
    void shouldReadStringsAndObjects() {
        environment.put("CONFIG", """
                ["GHCR.io", "http://10.0.0.7:5001",
                 {"registry": "https://registry.example.com:8443/", "name": "Example", "aliases": ["ex"],
                  "variables": {"REGISTRY_PROXY_USERNAME": "me", "REGISTRY_PROXY_PASSWORD": "pw"}}]
                """);

        assertThat(names()).containsExactly("ghcr.io", "10.0.0.7", "example");
        Upstream last = config().upstreams().find("ex").orElseThrow();
        assertThat(last.url()).hasToString("https://registry.example.com:8443");
        assertThat(last.variables()).containsEntry("REGISTRY_PROXY_USERNAME", "me");
        assertThat(config().upstreams().byDefault().name()).isEqualTo("ghcr.io");
    }

    @Test
    void shouldKnowDockerHubByAllItsNames() {
        environment.put("CONFIG", "[\"ghcr.io\", \"docker.io\"]");

        Upstream hub = config().upstreams().find("index.docker.io").orElseThrow();
        assertThat(hub.name()).isEqualTo("registry-1.docker.io");
        assertThat(hub.url()).hasToString("https://registry-1.docker.io");
        assertThat(config().upstreams().find("docker.io")).contains(hub);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    '["ghcr.io"'                                        | CONFIG: is not valid JSON at line 1, column 11
                    '["ghcr.io"] x'                                     | CONFIG: is not valid JSON at line 1
                    ' '                                                 | CONFIG: is empty
                    '{"registry": "ghcr.io"}'                           | CONFIG: is an object; give a JSON list
                    '[]'                                                | CONFIG: has no upstream
                    '[7]'                                               | CONFIG[0]: is a number
                    '["a.io", {}]'                                      | CONFIG[1]: has no "registry"
                    '[{"registry": "a.io", "variable": {}}]'            | CONFIG[0]: unknown key "variable"
                    '[{"registry": 5}]'                                 | CONFIG[0].registry: is a number
                    '[{"registry": "a.io", "variables": []}]'           | CONFIG[0].variables: is a list
                    '[{"registry": "a.io", "variables": {"A": 1}}]'     | CONFIG[0].variables.A: is a number
                    '[{"registry": "a.io", "aliases": "b"}]'            | CONFIG[0].aliases: is a string
                    '[{"registry": "a.io", "name": ""}]'                | CONFIG[0].name: is empty
                    '["a.io", "ghcr.io/foo"]'                           | CONFIG[1].registry: "ghcr.io/foo" has a path; give the host only
                    '["https://a.io?x=y"]'                              | CONFIG[0].registry: has a query
                    '["ftp://a.io"]'                                    | CONFIG[0].registry: "ftp://a.io" is neither https:// nor http://
                    '["a b"]'                                           | CONFIG[0].registry: "a b" is not a URL
                    '["a.io", "a.io"]'                                  | CONFIG[1]: the name "a.io" is taken by a.io (https://a.io)
                    '["a.io", "http://a.io:81"]'                        | CONFIG[1]: the name "a.io" is taken
                    '[{"registry": "a.io", "aliases": ["b"]}, {"registry": "c.io", "name": "b"}]' | CONFIG[0]: the name "b" is taken
                    '[{"registry": "a.io", "name": "a/b"}]'             | CONFIG[0].name: "a/b" cannot be the first part
                    '["[::1]"]'                                         | CONFIG[0].name: "[::1]" cannot be the first part
                    """)
    void shouldRefuseAMistakeWithItsPlaceAndTheMend(String json, String message) {
        environment.put("CONFIG", json);

        assertThatThrownBy(this::config)
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(message)
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @CsvSource({
        "'[{\"registry\": \"a.io\", \"variables\": {\"P\": \"s3cr3t-value\"}]'",
        "'[{\"registry\": \"a.io\", \"variables\": {\"P\": \"s3cr3t-value\" \"Q\": 1}}]'",
        "'[{\"registry\": \"a.io\", \"variables\": {\"P\": s3cr3t-value}}]'",
        "'[{\"registry\": \"a.io\", \"variables\": {\"P\": \"s3cr3t-value\"}, \"x\": 1}]'",
        "'[\"https://me:s3cr3t-value@a.io\"]'",
    })
    void shouldNeverRepeatASecret(String json) {
        environment.put("CONFIG", json);

        assertThatThrownBy(this::config)
                .isInstanceOf(ConfigException.class)
                .hasMessageNotContaining(SECRET)
                .hasMessageNotContaining("s3cr3t");
    }

    @Test
    void shouldNotPrintSecrets() {
        environment.put("CONFIG", "[{\"registry\": \"a.io\", \"variables\": {\"P\": \"" + SECRET + "\"}}]");

        assertThat(config().toString()).doesNotContain(SECRET);
        assertThat(config().upstreams().all().toString()).doesNotContain(SECRET);
    }

    @ParameterizedTest
    @CsvSource({"CACHE_PORT, 0", "CACHE_PORT, 65536", "MANAGEMENT_PORT, http", "JMX_PORT, -1"})
    void shouldRefuseAValueThatIsNotAPort(String name, String value) {
        environment.put(name, value);

        assertThatThrownBy(this::config).hasMessageStartingWith(name + ": \"" + value + "\" is not a port");
    }

    @Test
    void shouldNameThePackageToInstallWithoutARegistryProgram() {
        environment.put("PATH", "/nowhere");

        assertThatThrownBy(this::config)
                .hasMessageStartingWith("REGISTRY_COMMAND: no registry on the PATH; install it");
    }

    @Test
    void shouldRefuseARoutesFolderThatIsNone() {
        environment.put("ROUTES_DIR", "/nowhere");

        assertThatThrownBy(this::config).hasMessageStartingWith("ROUTES_DIR: /nowhere is not a folder");
    }
}
