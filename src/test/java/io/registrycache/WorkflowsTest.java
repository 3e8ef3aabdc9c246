package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The workflows in .github/. */
class WorkflowsTest {

    /** A tag of an action can be moved to other code, a commit cannot. */
    @Test
    void shouldPinEachActionToACommit() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(".github/workflows"))) {
            for (Path file : files.toList()) {
                assertThat(Files.readAllLines(file).stream().filter(line -> line.contains("uses:")))
                        .as(file.toString())
                        .isNotEmpty()
                        .allMatch(line -> line.matches(".*uses: [\\w/-]+@[0-9a-f]{40} # v[0-9.]+"));
            }
        }
    }
}
