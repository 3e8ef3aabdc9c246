package io.registrycache.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChildOutputTest {

    private final ChildOutput output = new ChildOutput("ghcr.io", List.of("s3cret", "true"));

    private void write(String text) {
        output.pump(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void shouldRememberTheLastLinesWithoutSecrets() {
        write("1\n2\n3\n4\n5\npassword s3cret is true\n");

        assertThat(output.lastLines()).isEqualTo("2 | 3 | 4 | 5 | password *** is true");
    }

    @ParameterizedTest
    @ValueSource(strings = {"panic: no", "fatal error: out of memory", "time=\"now\" level=fatal msg=\"no\""})
    void shouldRememberWhyAChildEndedAndNotItsTrace(String why) {
        write("1\n" + why + "\ngoroutine 1 [running]:\nmain.main()\n\nexit\n");

        assertThat(output.lastLines()).isEqualTo(why);
    }

    @Test
    void shouldNotGrowWithALineThatNeverEnds() {
        write("x".repeat(100_000));

        assertThat(output.lastLines()).hasSize(2_000);
    }
}
