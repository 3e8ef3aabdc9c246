package io.registrycache.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamErrorsTest {

    private static String pause(String given) {
        HttpHeaders headers = new DefaultHttpHeaders(false).set("Retry-After", given);
        return UpstreamErrors.limits(headers, "60").getOrDefault("Retry-After", "");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0                              | 0
            120                            | 120
            Wed, 21 Oct 2026 07:28:00 GMT  | Wed, 21 Oct 2026 07:28:00 GMT
            Wednesday, 21-Oct-26 07:28:00 GMT | Wed, 21 Oct 2026 07:28:00 GMT
            Wed Oct 21 07:28:00 2026       | Wed, 21 Oct 2026 07:28:00 GMT
            """)
    void shouldPassOnWhenToTryAgain(String given, String expected) {
        assertThat(pause(given)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "12345678", "1.5", "soon", "Wed, 21 Oct", "1\u0001", "\u0661"})
    void shouldSayAPauseOfItsOwnForWhatMakesNoSense(String given) {
        assertThat(pause(given)).isEqualTo("60");
    }

    @Test
    void shouldNotReadADateThatIsTooLong() {
        assertThat(pause("Wed, 21 Oct 2026 07:28:00 GMT" + " ".repeat(40))).isEqualTo("60");
        assertThat(pause("x".repeat(10_000))).isEqualTo("60");
    }
}
