package io.registrycache.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManagementNamesTest {

    private static ManagementNames names(String given, String... own) {
        return ManagementNames.of(Map.of(ManagementNames.VARIABLE, given), own);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "10.2.3.4:9876", "[fe80::1]:9876", "cache", "cache.ns.svc:1", "nas.local."})
    void shouldIncludeNamesThatAStrangerCannotRegister(String host) {
        assertThat(names("").include(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"example.com", "1.2.3.4.example.com", "svc.example.com", "a b", "", "1.2.3.4.5", "x.c0m", "@"})
    void shouldIncludeNothingElse(String host) {
        assertThat(names("").include(host)).isFalse();
    }

    @Test
    void shouldIncludeListedNames() throws IOException {
        ManagementNames names = names("a.example.com , *.B.example.com,", "cache.example.com");

        assertThat(names.include("A.example.com:9876")).isTrue();
        assertThat(names.include("x.y.b.example.com")).isTrue();
        assertThat(names.include("b.example.com")).isFalse();
        assertThat(names.include("cache.example.com.")).isTrue();
        assertThat(names.include(
                        Files.readString(Path.of("/proc/sys/kernel/hostname")).strip()))
                .isTrue();
        assertThat(names("*").include("any.example.com")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://a.example.com", "a.*.example.com", "a:9876", "a b"})
    void shouldRefuseATextThatIsNotAName(String name) {
        assertThatThrownBy(() -> names(name))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("MANAGEMENT_NAMES: \"" + name + "\" is not a host name; give names");
    }
}
