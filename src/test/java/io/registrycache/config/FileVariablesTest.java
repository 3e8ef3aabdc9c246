package io.registrycache.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileVariablesTest {

    @TempDir
    Path temp;

    private String file(String content) throws IOException {
        return Files.writeString(temp.resolve("value"), content).toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CONFIG",
                "REGISTRY_PROXY_PASSWORD",
                "REGISTRY_STORAGE_S3_SECRETKEY",
                "https_proxy",
                "AWS_SECRET_ACCESS_KEY"
            })
    void shouldTakeTheValueFromTheFile(String name) throws IOException {
        assertThat(new FileVariables(new HashSet<>()).resolved("", Map.of(name + "_FILE", file("a b\n"))))
                .isEqualTo(Map.of(name, "a b"));
    }

    @Test
    void shouldLeaveAFileAloneThatIsMeantItself() {
        Map<String, String> variables = Map.of("SSL_CERT_FILE", "/ca.pem", "AWS_WEB_IDENTITY_TOKEN_FILE", "/token");

        assertThat(new FileVariables(new HashSet<>()).resolved("", variables)).isEqualTo(variables);
    }

    @Test
    void shouldSayWhereTheFileIsMissing() {
        Map<String, String> variables = Map.of("REGISTRY_PROXY_PASSWORD_FILE", "/run/secrets/none");

        assertThatThrownBy(() -> new FileVariables(new HashSet<>()).resolved("CONFIG[0].variables.", variables))
                .isInstanceOf(ConfigException.class)
                .hasMessage("CONFIG[0].variables.REGISTRY_PROXY_PASSWORD_FILE: /run/secrets/none cannot be read"
                        + " (NoSuchFile); give a file that this user may read");
    }

    @Test
    void shouldNotChooseBetweenAValueAndAFile() throws IOException {
        Map<String, String> variables = Map.of("CONFIG", "[]", "CONFIG_FILE", file("[]"));

        assertThatThrownBy(() -> new FileVariables(new HashSet<>()).resolved("", variables))
                .hasMessage("CONFIG_FILE: is set, and CONFIG as well; remove one of them");
    }
}
