package io.registrycache.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.registrycache.config.Upstream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChildSettingsTest {

    private static final String DOOR = "http://ghcr.io:secret@127.0.0.1:4712";

    private final Map<String, String> inherited = new HashMap<>();
    private final Map<String, String> variables = new HashMap<>();

    private ChildSettings settings() {
        return ChildSettings.of(Upstream.of("test", "ghcr.io", "", List.of(), variables), inherited, 4711, DOOR);
    }

    @Test
    void shouldProxyTheUpstreamFromALoopbackPortIntoAFolderOfItsOwn() {
        JsonNode file = settings().file();

        assertThat(file.at("/proxy/remoteurl").asText()).isEqualTo(DOOR);
        assertThat(file.at("/http/addr").asText()).isEqualTo("127.0.0.1:4711");
        assertThat(file.at("/storage/filesystem/rootdirectory").asText()).isEqualTo("/var/lib/registry/ghcr.io");
        assertThat(file.at("/storage/redirect/disable").asBoolean()).isTrue();
        assertThat(file.at("/storage/delete/enabled").asBoolean()).isFalse();
        assertThat(file.at("/proxy/ttl").asText()).isEqualTo("0s");
        assertThat(file.at("/proxy/password").isMissingNode()).isTrue();
    }

    @Test
    void shouldKeepTheUpstreamsCredentialsProxiesAndCertificatesFromTheChild() {
        inherited.putAll(Map.of("HTTPS_PROXY", "http://proxy:1", "no_proxy", "a", "REGISTRY_PROXY_TTL", "1h"));
        variables.put("REGISTRY_PROXY_USERNAME", "me");
        variables.put("REGISTRY_PROXY_PASSWORD", "p[w{&>:'\"#! x");
        variables.put("SSL_CERT_FILE", "/ca.pem");
        variables.put("https_proxy", "http://proxy:2");

        assertThat(settings().file().toString()).doesNotContain("p[w", "\"me\"");
        assertThat(settings().environment())
                .doesNotContainKeys(
                        "HTTPS_PROXY",
                        "https_proxy",
                        "no_proxy",
                        "SSL_CERT_FILE",
                        "REGISTRY_PROXY_TTL",
                        "REGISTRY_PROXY_USERNAME",
                        "REGISTRY_PROXY_PASSWORD");
    }

    @Test
    void shouldLeaveTheChildOfABucketTheWayToTheBucket() {
        inherited.putAll(
                Map.of("REGISTRY_STORAGE", "s3", "https_proxy", "http://proxy:1", "SSL_CERT_FILE", "/all.pem"));
        variables.putAll(Map.of("https_proxy", "http://of-the-upstream:1", "SSL_CERT_FILE", "/of-the-upstream.pem"));

        assertThat(settings().environment())
                .containsEntry("https_proxy", "http://proxy:1")
                .containsEntry("SSL_CERT_FILE", "/all.pem");
    }

    @Test
    void shouldAskAnEndpointOfItsOwnForThePathAndNotForAHostNamedAfterTheBucket() {
        inherited.putAll(Map.of("REGISTRY_STORAGE", "s3", "REGISTRY_STORAGE_S3_BUCKET", "b"));
        assertThat(settings().file().at("/storage/s3").has("forcepathstyle")).isFalse();

        inherited.put("REGISTRY_STORAGE_S3_REGIONENDPOINT", "http://s3:9000");
        assertThat(settings().file().at("/storage/s3/forcepathstyle").asBoolean())
                .isTrue();
    }

    @Test
    void shouldInheritTheEnvironmentAndPreferTheVariables() {
        inherited.put("REGISTRY_COMMAND", "/bin/registry");
        inherited.put("REGISTRY_LOG_LEVEL", "info");
        inherited.put("CONFIG", "[secrets of others]");
        variables.put("REGISTRY_LOG_LEVEL", "debug");

        assertThat(settings().environment())
                .doesNotContainKey("REGISTRY_COMMAND")
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
    void shouldNotLetAVariableReplaceSettingsThatAChildNeeds(String name, String value) {
        variables.put(name, value);

        assertThat(settings().environment()).doesNotContainKey(name);
    }

    @Test
    void shouldKnowTheSecretsThatMustNotReachALog() {
        inherited.put("REGISTRY_STORAGE_S3_SECRETKEY", "s3-secret");
        inherited.put("https_proxy", "http://me:proxy-secret@proxy:8080");
        variables.put("REGISTRY_PROXY_PASSWORD", "a b");

        Upstream upstream = Upstream.of("test", "ghcr.io", "", List.of(), variables);
        assertThat(ChildSettings.secrets(upstream, inherited)).contains("s3-secret", "proxy-secret", "a b", "a%20b");
    }
}
