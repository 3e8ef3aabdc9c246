package io.registrycache.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimitTest {

    private final RateLimit rateLimit = new RateLimit("registry-1.docker.io");

    private void answer(String name, String limit, String remaining) {
        rateLimit.seen(new DefaultHttpHeaders().set(name + "-Limit", limit).set(name + "-Remaining", remaining));
    }

    @ParameterizedTest
    @CsvSource({
        "ratelimit, 100;w=21600, 76;w=21600",
        "RateLimit, 100, 76",
        "X-RateLimit, 100, 76",
        "RateLimit, '100, 100;w=60', 76"
    })
    void shouldReadTheHeadersOfUpstreams(String name, String limit, String remaining) {
        answer(name, limit, remaining);
        assertThat(rateLimit.said()).hasValueSatisfying(said -> {
            assertThat(said.limit()).isEqualTo(100);
            assertThat(said.remaining()).isEqualTo(76);
            assertThat(said.isLow()).isFalse();
        });
    }

    @ParameterizedTest
    @CsvSource({"RateLimit, many, 76", "RateLimit, 100, -1", "RateLimit, 9999999999999999999, 1", "Other, 100, 76"})
    void shouldNotBelieveAnythingElse(String name, String limit, String remaining) {
        answer(name, limit, remaining);
        assertThat(rateLimit.said()).isEmpty();
    }

    @Test
    void shouldBeLowBelowATenth() {
        answer("RateLimit", "100", "9");
        assertThat(rateLimit.said().orElseThrow().isLow()).isTrue();
        answer("RateLimit", "100", "10");
        assertThat(rateLimit.said().orElseThrow().isLow()).isFalse();
    }
}
