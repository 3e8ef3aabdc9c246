package io.registrycache.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {

    private static ByteRange of(String range) {
        HttpHeaders headers = new DefaultHttpHeaders().set("Range", range);
        return ByteRange.of(headers, 100);
    }

    @Test
    void shouldBeTheWholeWithoutAHeader() {
        ByteRange range = ByteRange.of(new DefaultHttpHeaders(), 100);

        assertThat(range.isWhole()).isTrue();
        assertThat(range.length()).isEqualTo(100);
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0,      bytes 0-0/100,    1",
        "bytes=10-19,    bytes 10-19/100,  10",
        "bytes=90-,      bytes 90-99/100,  10",
        "bytes=90-1000,  bytes 90-99/100,  10",
        "bytes=-10,      bytes 90-99/100,  10",
        "bytes=0-,       bytes 0-99/100,   100",
    })
    void shouldReadASingleRange(String range, String contentRange, long length) {
        assertThat(of(range)).hasToString(contentRange);
        assertThat(of(range).length()).isEqualTo(length);
        assertThat(of(range).isWhole()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=100-", "bytes=100-200", "bytes=-0"})
    void shouldKnowARangeThatBeginsBeyondTheEnd(String range) {
        assertThat(of(range).isBeyondTheEnd()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"lines=0-1", "bytes 0-1", ""})
    void shouldIgnoreEveryUnitButBytes(String range) {
        assertThat(of(range).isWhole()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=5-4", "bytes=-", "bytes=0-1,5-6", "bytes=a-b"})
    void shouldLeaveEverythingElseToTheChild(String range) {
        assertThat(of(range)).isSameAs(ByteRange.UNSUPPORTED);
    }
}
