package io.registrycache.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.registrycache.config.Upstream;
import io.registrycache.process.ChildSettings.Mode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChildSettingsTest {

    private final Map<String, String> inherited = new HashMap<>();
    private final Map<String, String> variables = new HashMap<>();

    private Mode mode = Mode.PULL_THROUGH;
    private boolean basic;

    private ChildSettings settings() {
        return ChildSettings.of(Upstream.of("test", "ghcr.io", "", List.of(), variables), inherited, 4711, mode, basic);
    }

    @Test
    void shouldProxyTheUpstreamFromALoopbackPortIntoAFolderOfItsOwn() {
        JsonNode file = settings().file();

        assertThat(file.at("/proxy/remoteurl").asText()).isEqualTo("https://ghcr.io");
        assertThat(file.at("/http/addr").asText()).isEqualTo("127.0.0.1:4711");
        assertThat(file.at("/storage/filesystem/rootdirectory").asText()).isEqualTo("/var/lib/registry/ghcr.io");
        assertThat(file.at("/storage/redirect/disable").asBoolean()).isTrue();
        assertThat(file.at("/storage/delete/enabled").asBoolean()).isTrue();
        assertThat(file.at("/proxy/password").isMissingNode()).isTrue();
    }

    @Test
    void shouldKeepCredentialsOutOfTheEnvironmentWhichWouldMangleThem() {
        String password = "p[w{&>:'\"#! x";
        variables.put("REGISTRY_PROXY_USERNAME", "me");
        variables.put("REGISTRY_PROXY_PASSWORD", password);

        assertThat(settings().file().at("/proxy/username").asText()).isEqualTo("me");
        assertThat(settings().file().at("/proxy/password").asText()).isEqualTo(password);
        assertThat(settings().environment()).doesNotContainValue(password);
        assertThat(settings().toString()).doesNotContain(password);
    }

    @Test
    void shouldInheritTheEnvironmentAndPreferTheVariables() {
        inherited.put("https_proxy", "http://proxy:8080");
        inherited.put("REGISTRY_LOG_LEVEL", "info");
        inherited.put("CONFIG", "[secrets of others]");
        variables.put("REGISTRY_LOG_LEVEL", "debug");

        assertThat(settings().environment())
                .containsEntry("https_proxy", "http://proxy:8080")
                .containsEntry("REGISTRY_LOG_LEVEL", "debug")
                .containsEntry("OTEL_TRACES_EXPORTER", "none")
                .doesNotContainKey("CONFIG");
    }

    @ParameterizedTest
    @CsvSource({
        "REGISTRY_HTTP, {addr: 0.0.0.0:80}",
        "REGISTRY_HTTP_ADDR, 0.0.0.0:80",
        "REGISTRY_HTTP_TLS_CERTIFICATE, /cert.pem",
        "REGISTRY_HTTP_DEBUG_ADDR, :5001",
        "REGISTRY_PROXY_REMOTEURL, https://elsewhere",
        "REGISTRY_STORAGE_REDIRECT_DISABLE, false",
        "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY, /x",
        "REGISTRY_STORAGE, filesystem",
    })
    void shouldNotLetAVariableReplaceWhatMakesAChildAChild(String name, String value) {
        variables.put(name, value);

        assertThat(settings().environment()).doesNotContainKey(name);
    }

    @Test
    void shouldTellAnOfflineChildOfNoUpstreamAndLetItWriteNothing() {
        mode = Mode.OFFLINE;

        assertThat(settings().file().has("proxy")).isFalse();
        assertThat(settings().file().at("/storage/maintenance/readonly/enabled").asBoolean())
                .isTrue();
        assertThat(settings().file().at("/storage/filesystem/rootdirectory").asText())
                .isEqualTo("/var/lib/registry/ghcr.io");
    }

    @Test
    void shouldReplaceAProxyOfEitherCaseByAnUpstreamsOwn() {
        inherited.putAll(Map.of("HTTPS_PROXY", "http://proxy:1", "https_proxy", "http://proxy:2", "no_proxy", "a"));
        variables.put("https_proxy", "");

        assertThat(settings().environment())
                .containsEntry("https_proxy", "")
                .containsEntry("no_proxy", "a")
                .doesNotContainKey("HTTPS_PROXY");
    }

    @Test
    void shouldNotLetAnOfflineChildWriteWhateverTheEnvironmentSays() {
        mode = Mode.OFFLINE;
        inherited.put("REGISTRY_STORAGE_MAINTENANCE_READONLY_ENABLED", "false");

        assertThat(settings().environment()).doesNotContainKey("REGISTRY_STORAGE_MAINTENANCE_READONLY_ENABLED");
    }

    @Test
    void shouldPutCredentialsIntoTheUrlOnlyForAnUpstreamThatWantsThemItself() {
        variables.put("REGISTRY_PROXY_USERNAME", "me");
        variables.put("REGISTRY_PROXY_PASSWORD", "p[w{&>:'\"#! x");
        assertThat(settings().file().at("/proxy/remoteurl").asText()).isEqualTo("https://ghcr.io");

        basic = true;
        assertThat(settings().file().at("/proxy/remoteurl").asText())
                .isEqualTo("https://me:p%5Bw%7B%26%3E%3A%27%22%23%21%20x@ghcr.io");
    }

    @Test
    void shouldKnowWhatMustNotReachALog() {
        inherited.put("REGISTRY_STORAGE_S3_SECRETKEY", "s3-secret");
        inherited.put("https_proxy", "http://me:proxy-secret@proxy:8080");
        variables.put("REGISTRY_PROXY_PASSWORD", "a b");

        Upstream upstream = Upstream.of("test", "ghcr.io", "", List.of(), variables);
        assertThat(ChildSettings.secrets(upstream, inherited)).contains("s3-secret", "proxy-secret", "a b", "a%20b");
    }
}
