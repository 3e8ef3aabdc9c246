package io.registrycache.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class PullPrefixTest {

    private final PullPrefix onAllAddresses = new PullPrefix("0.0.0.0", 5000, Optional.empty());

    @ParameterizedTest
    @CsvSource({
        "cache.example.com:9876, cache.example.com:5000",
        "cache.example.com, cache.example.com:5000",
        "192.0.2.7:80, 192.0.2.7:5000",
        "[2001:db8::1]:9876, [2001:db8::1]:5000"
    })
    void shouldNameTheHostThatThePageWasAskedAt(String asked, String shown) {
        assertThat(onAllAddresses.at(asked)).isEqualTo("docker pull " + shown + "/");
        assertThat(new PullPrefix("::", 5000, Optional.empty()).at(asked)).isEqualTo("docker pull " + shown + "/");
    }

    /** The command is copied into a shell. */
    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "a;rm -rf /",
                "$(id)",
                "`id`",
                "a b",
                "a\nb",
                "<script>",
                "[::1",
                "a:b",
                "a:123456",
                "user@host"
            })
    void shouldNotShowAHostThatIsNotOne(String hostile) {
        assertThat(onAllAddresses.at(hostile)).isEqualTo("docker pull 127.0.0.1:5000/");
    }

    @Test
    void shouldNotShowALongHost() {
        assertThat(onAllAddresses.at("a".repeat(254))).isEqualTo("docker pull 127.0.0.1:5000/");
    }

    @Test
    void shouldNameTheAddressThatItListensOn() {
        assertThat(new PullPrefix("192.0.2.7", 5001, Optional.empty()).at("cache.example.com"))
                .isEqualTo("docker pull 192.0.2.7:5001/");
    }

    @Test
    void shouldPreferThePublicName() {
        assertThat(new PullPrefix("192.0.2.7", 5001, Optional.of("cache.example.com")).at("other.example.com"))
                .isEqualTo("docker pull cache.example.com/");
    }
}
