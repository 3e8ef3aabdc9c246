package io.registrycache.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChildOutputTest {

    private final ChildOutput output = new ChildOutput("ghcr.io", List.of("s3cret", "true"));

    private void write(String text) {
        output.pump(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void shouldRememberTheLastLinesWithoutSecrets() {
        write("1\n2\n3\n4\n5\npassword s3cret is true\n");

        assertThat(output.lastWords().reason()).isEqualTo("2; 3; 4; 5; password *** is true");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "panic: no, not today -> no, not today",
                "fatal error: out of memory -> out of memory",
                "time=\"now\" level=fatal msg=\"no \\\"such\\\" file\" go.version=1 -> no \"such\" file",
                "time=now level=fatal msg=no instance=1 -> no"
            },
            delimiterString = " -> ")
    void shouldRememberWhyAChildEndedAndNotItsTrace(String line, String reason) {
        write("1\n" + line + "\ngoroutine 1 [running]:\nmain.main()\n\nexit\n");

        assertThat(output.lastWords()).isEqualTo(new LastWords(reason, false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "panic: s3aws: NoSuchBucket: The specified bucket does not exist",
                "panic: No bucket parameter provided",
                "time=now level=fatal msg=\"configuring application: s3aws: no such bucket\""
            })
    void shouldNoticeThatTheStorageIsBlamed(String line) {
        write(line + "\ngoroutine 1 [running]:\n");

        assertThat(output.lastWords().isOfStorage()).isTrue();
    }

    @Test
    void shouldNotGrowWithALineThatNeverEnds() {
        write("x".repeat(100_000));

        assertThat(output.lastWords().reason()).hasSize(2_000);
    }
}
