package io.registrycache.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetentionTest {

    private static Retention keeping(String keep) {
        return Retention.of("CONFIG[0]", "", keep, List.of());
    }

    @ParameterizedTest
    @CsvSource({"30d, P30D", "12h, PT12H", "168h, PT168H", "1h30m, PT90M", "90s, PT90S"})
    void shouldReadHowLongUnusedContentStays(String text, Duration keep) {
        assertThat(keeping(text).keep(Map.of())).contains(keep);
    }

    @ParameterizedTest
    @ValueSource(strings = {"long", "30", "-1d", "1.5d", "d", "30d or so"})
    void shouldRefuseATextThatIsNotADuration(String text) {
        assertThatThrownBy(() -> keeping(text))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("CONFIG[0].keep: \"" + text + "\" is not a time; give one such as 30d");
    }

    @Test
    void shouldPreferTheUpstreamsOwnTimeToThatOfAll() {
        Map<String, String> all = Map.of("CACHE_KEEP", "30d", "REGISTRY_PROXY_TTL", "168h");
        assertThat(keeping("1d").keep(all)).contains(Duration.ofDays(1));
        assertThat(keeping("").keep(all)).contains(Duration.ofDays(30));
        assertThat(keeping("0").keep(all)).isEmpty();
        assertThat(keeping("").keep(Map.of("REGISTRY_PROXY_TTL", "168h"))).contains(Duration.ofDays(7));
        assertThat(keeping("").keep(Map.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"library/postgres:16", "my-org/*", "*", "*:stable", "my-org/app:v1.*"})
    void shouldAcceptPins(String pin) {
        assertThat(Retention.of("CONFIG[0]", "", "", List.of(pin)).pins()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "My-Org/app", "app:", ":latest", "app@sha256:1", "a b", "../x"})
    void shouldRefuseATextThatIsNotAnImage(String pin) {
        assertThatThrownBy(() -> Retention.of("CONFIG[0]", "", "", List.of(pin)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("CONFIG[0].pin: \"" + pin + "\" is not an image");
    }
}
