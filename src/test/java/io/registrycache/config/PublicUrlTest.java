package io.registrycache.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublicUrlTest {

    @ParameterizedTest
    @CsvSource({
        "https://cache.example.com,        cache.example.com",
        "https://Cache.example.com/,       cache.example.com",
        "https://cache.example.com:8443,   cache.example.com:8443",
        "http://10.0.0.5,                  10.0.0.5",
        "http://127.0.0.1:30500/,          127.0.0.1:30500",
        "http://localhost,                 localhost",
        // Without a port, clients take it for a user of Docker Hub.
        "http://cache,                     cache:80",
        "https://cache,                    cache:443",
        "http://cache:5000,                cache:5000",
        "http://[fd00::1]:5000,            [fd00::1]:5000",
    })
    void shouldGiveThePrefixOfImageNames(String url, String reference) {
        assertThat(PublicUrl.of(Map.of("PUBLIC_URL", url)).orElseThrow().reference())
                .isEqualTo(reference);
    }

    @ParameterizedTest
    @CsvSource({
        "cache.example.com,                begins with neither https:// nor http://",
        "ftp://cache.example.com,          begins with neither https:// nor http://",
        "https://cache.example.com/prefix, has more than a host and a port",
        "https://cache.example.com?x,      has more than a host and a port",
        "https://,                         is not a URL",
        "https:///,                        has no host",
        "https://cache.example.com:70000,  has a port out of range",
        "https://a b,                      is not a URL",
        "https://me:secret@cache.example.com, has a user in it",
    })
    void shouldRefuseInOneLine(String url, String why) {
        assertThatThrownBy(() -> PublicUrl.of(Map.of("PUBLIC_URL", url)))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("PUBLIC_URL: ")
                .hasMessageContaining(why)
                .hasMessageContaining("https://cache.example.com")
                .message()
                .hasLineCount(1)
                .doesNotContain("secret");
    }

    @Test
    void shouldBeLeftOutWhereNothingIsSaid() {
        assertThat(PublicUrl.of(Map.of("PUBLIC_URL", " "))).isEmpty();
    }
}
