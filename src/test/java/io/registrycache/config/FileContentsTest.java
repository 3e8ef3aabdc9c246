package io.registrycache.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileContentsTest {

    private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));

    @TempDir
    private Path folder;

    private final FileContents contents = new FileContents();
    private Path file;
    private Map<Path, String> before;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(folder.resolve("file"), "one");
        Files.setLastModifiedTime(file, LONG_AGO);
        before = look();
    }

    private Map<Path, String> look() {
        return contents.of(List.of(file));
    }

    @Test
    void shouldSeeTheSameInAFileThatIsAsItWas() throws IOException {
        assertThat(look()).isEqualTo(before);

        Files.writeString(file, "one");
        assertThat(look()).isEqualTo(before);
    }

    @Test
    void shouldSeeAnotherContentOfTheSameLengthAtTheSameTime() throws IOException {
        Files.writeString(file, "two");
        Map<Path, String> second = look();
        FileTime time = Files.getLastModifiedTime(file);
        Files.writeString(file, "six");
        Files.setLastModifiedTime(file, time);

        assertThat(second).isNotEqualTo(before);
        assertThat(look()).isNotEqualTo(second);
    }

    @Test
    void shouldSeeAFileThatIsReplacedByOneOfTheSameTimeAndLength() throws IOException {
        Path other = Files.writeString(folder.resolve("other"), "two");
        Files.setLastModifiedTime(other, LONG_AGO);
        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);

        assertThat(look()).isNotEqualTo(before);
    }

    /** As Kubernetes changes ConfigMaps. */
    @Test
    void shouldSeeALinkThatIsSwapped() throws IOException {
        for (String version : List.of("a", "b")) {
            Files.createDirectory(folder.resolve(version));
            Files.setLastModifiedTime(Files.writeString(folder.resolve(version).resolve("config"), version), LONG_AGO);
        }
        Files.createSymbolicLink(folder.resolve("data"), Path.of("a"));
        file = Files.createSymbolicLink(folder.resolve("config"), Path.of("data/config"));
        Map<Path, String> first = look();
        Files.createSymbolicLink(folder.resolve("new"), Path.of("b"));
        Files.move(folder.resolve("new"), folder.resolve("data"), StandardCopyOption.ATOMIC_MOVE);

        assertThat(look()).isNotEqualTo(first);
    }

    @Test
    void shouldSeeThatAFileIsGoneAndThere() throws IOException {
        Files.delete(file);
        Map<Path, String> gone = look();
        Files.writeString(file, "one");

        assertThat(gone).containsEntry(file, "missing");
        assertThat(look()).isEqualTo(before);
    }
}
