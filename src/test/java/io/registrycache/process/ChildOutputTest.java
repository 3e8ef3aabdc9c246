package io.registrycache.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChildOutputTest {

    private final ChildOutput output = new ChildOutput("ghcr.io", List.of("s3cret", "true"));

    private void write(String text) {
        output.pump(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void shouldRememberTheLastLinesWithoutSecrets() {
        write("1\n2\n3\n4\n5\npassword s3cret is true\npanic: no\ngoroutine 1 [running]:\nmain.main()\n");

        assertThat(output.lastLines()).isEqualTo("3 | 4 | 5 | password *** is true | panic: no");
    }

    @Test
    void shouldNotGrowWithALineThatNeverEnds() {
        write("x".repeat(100_000));

        assertThat(output.lastLines()).hasSize(2_000);
    }
}
