package io.registrycache.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LimitTest {

    @ParameterizedTest
    @CsvSource({
        "200GB, 200000000000",
        "200 gb, 200000000000",
        "1.5TiB, 1649267441664",
        "100MB, 100000000",
        "10G, 10000000000",
        "512KiB, 524288",
        "1000000, 1000000"
    })
    void shouldReadASize(String text, long bytes) {
        assertThat(Limit.parse("CACHE_LIMIT", text).on(1)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"85%, 850", "1 %, 10", "100%, 1000"})
    void shouldReadAPartOfTheDisk(String text, long bytes) {
        assertThat(Limit.parse("CACHE_LIMIT", text).on(1000)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"lots", "200%", "0%", "-1", "0", "", "1e9", "5 apples", "99999999999999999PB", "0.1"})
    void shouldRefuseATextThatIsNotASize(String text) {
        assertThatThrownBy(() -> Limit.parse("CACHE_LIMIT", text))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("CACHE_LIMIT: \"" + text + "\" is not a size; give one such as 200GB");
    }
}
