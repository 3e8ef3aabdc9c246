package io.registrycache.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.registrycache.config.ConfigException;
import io.registrycache.config.Upstream;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The settings of each storage driver that a child gets, in the file and in the environment that is applied over it.
 */
class StorageDriverTest {

    private final Map<String, String> inherited = new HashMap<>();
    private final Map<String, String> variables = new HashMap<>();

    private ChildSettings settings() {
        Upstream upstream = Upstream.of("test", "ghcr.io", "", List.of(), variables);
        return ChildSettings.of(upstream, inherited, 4711, "http://127.0.0.1:4712");
    }

    private static JsonNode json(String text) throws IOException {
        return new ObjectMapper().readTree(text);
    }

    /** Each with the parameters of its documentation, and a root in both ways of writing it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "filesystem | ROOTDIRECTORY=/data  | {'rootdirectory': '/data/ghcr.io'}",
                "filesystem | MAXTHREADS=100       | {'rootdirectory': '/var/lib/registry/ghcr.io'}",
                "inmemory   | -                    | {}",
                "s3         | BUCKET=b REGION=r    | {'rootdirectory': 'ghcr.io'}",
                "s3         | ROOTDIRECTORY=/a/b/  | {'rootdirectory': 'a/b/ghcr.io'}",
                "s3aws      | ROOTDIRECTORY=a      | {'rootdirectory': 'a/ghcr.io'}",
                "gcs        | BUCKET=b KEYFILE=/k  | {'rootdirectory': 'ghcr.io'}",
                "gcs        | ROOTDIRECTORY=/a     | {'rootdirectory': 'a/ghcr.io'}",
                "azure      | ACCOUNTNAME=me       | {'rootdirectory': 'ghcr.io'}",
                "azure      | ROOTDIRECTORY=/a     | {'rootdirectory': 'a/ghcr.io'}",
                "swift      | CONTAINER=c          | {'prefix': 'ghcr.io'}",
                "swift      | PREFIX=/a            | {'prefix': 'a/ghcr.io'}",
                "swift      | ROOTDIRECTORY=a      | {'prefix': 'a/ghcr.io'}",
                "oss        | BUCKET=b             | {'rootdirectory': 'ghcr.io'}",
                "oss        | ROOTDIRECTORY=a      | {'rootdirectory': 'a/ghcr.io'}",
            })
    void shouldHaveTheUpstreamsOwnRoot(String driver, String parameters, String expected) throws IOException {
        inherited.put("REGISTRY_STORAGE", "another");
        inherited.put("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", "/var/lib/registry");
        variables.put("REGISTRY_STORAGE", driver);
        String section = "REGISTRY_STORAGE_" + driver.toUpperCase(java.util.Locale.ROOT) + "_";
        for (String parameter : parameters == null ? new String[0] : parameters.split(" ")) {
            String[] pair = parameter.split("=");
            variables.put(section + pair[0], pair[1]);
        }

        ChildSettings settings = settings();

        JsonNode storage = settings.file().get("storage");
        assertThat(storage.get(driver)).isEqualTo(json(expected.replace('\'', '"')));
        assertThat(storage.at("/delete/enabled").asBoolean()).isFalse();
        assertThat(storage.at("/redirect/disable").asBoolean()).isTrue();
        assertThat(storage.fieldNames())
                .toIterable()
                .containsOnlyOnce(driver)
                .isSubsetOf(driver, "delete", "redirect", "cache");
        assertThat(settings.environment().keySet())
                .doesNotContain("REGISTRY_STORAGE")
                .noneMatch(name -> name.endsWith("_ROOTDIRECTORY") || name.endsWith("_PREFIX"));
        variables.keySet().removeIf(name -> name.matches("REGISTRY_STORAGE|.*_(ROOTDIRECTORY|PREFIX)"));
        assertThat(settings.environment().keySet()).containsAll(variables.keySet());
    }

    @Test
    void shouldNotRememberLayersThatMayBeRemoved() {
        assertThat(settings().file().at("/storage/cache").isMissingNode()).isTrue();

        variables.put("REGISTRY_STORAGE", "s3");
        assertThat(settings().file().at("/storage/cache").isMissingNode()).isTrue();
    }

    @Test
    void shouldTellAChildOfOneDriverOnly() {
        inherited.put("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", "/data");
        inherited.put("REGISTRY_STORAGE_FILESYSTEM_MAXTHREADS", "100");
        inherited.put("REGISTRY_STORAGE_FILESYSTEM", "{maxthreads: 100}");
        inherited.put("REGISTRY_STORAGE_S3_BUCKET", "registry");
        inherited.put("REGISTRY_STORAGE_DELETE_ENABLED", "true");
        inherited.put("REGISTRY_STORAGE", "s3");

        assertThat(settings().environment())
                .containsEntry("REGISTRY_STORAGE_S3_BUCKET", "'registry'")
                .containsEntry("REGISTRY_STORAGE_DELETE_ENABLED", "true")
                .doesNotContainKeys(
                        "REGISTRY_STORAGE_FILESYSTEM",
                        "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY",
                        "REGISTRY_STORAGE_FILESYSTEM_MAXTHREADS");
    }

    @Test
    void shouldTakeAllParametersAtOnceAndStillKeepTheRootItsOwn() throws IOException {
        inherited.put("REGISTRY_STORAGE", "gcs");
        inherited.put(
                "REGISTRY_STORAGE_GCS",
                "{bucket: registry, rootdirectory: /a, credentials: {project_id: p}, chunksize: 5242880}");

        assertThat(settings().file().at("/storage/gcs"))
                .isEqualTo(json("{\"bucket\": \"registry\", \"rootdirectory\": \"a/ghcr.io\","
                        + " \"credentials\": {\"project_id\": \"p\"}, \"chunksize\": 5242880}"));
        assertThat(settings().environment()).doesNotContainKey("REGISTRY_STORAGE_GCS");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "REGISTRY_STORAGE    | {s3: {bucket: b}} | REGISTRY_STORAGE: is not a driver's name",
                "REGISTRY_STORAGE_S3 | secret            | REGISTRY_STORAGE_S3: is not a map",
                "REGISTRY_STORAGE_S3 | {secret           | REGISTRY_STORAGE_S3: is not YAML",
            })
    void shouldRefuseSettingsThatCannotWork(String name, String value, String message) {
        inherited.put("REGISTRY_STORAGE", "s3");
        inherited.put(name, value);

        assertThatThrownBy(this::settings)
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(message)
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0123", "[a", "{a", "a: b", "#a", "!a", "it's", "1e5", "yes", "12345678901234567890"})
    void shouldGiveTheDriverTheTextAsItIs(String value) {
        variables.put("REGISTRY_STORAGE", "s3");
        variables.put("REGISTRY_STORAGE_S3_SECRETKEY", value);

        String asYaml = settings().environment().get("REGISTRY_STORAGE_S3_SECRETKEY");
        assertThat(new Load(LoadSettings.builder().build()).loadFromString(asYaml))
                .isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false", "5242880", "'given in quotes'"})
    void shouldLeavePlainValuesToTheDriver(String value) {
        variables.put("REGISTRY_STORAGE", "s3");
        variables.put("REGISTRY_STORAGE_S3_SECURE", value);

        assertThat(settings().environment()).containsEntry("REGISTRY_STORAGE_S3_SECURE", value);
    }
}
