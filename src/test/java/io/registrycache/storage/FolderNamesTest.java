package io.registrycache.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderNamesTest {

    @TempDir
    Path folder;

    private final FolderNames folders = new FolderNames((name, names) -> names.add(name));

    @BeforeEach
    void fill() throws IOException {
        for (int i = 0; i < 500; i++) {
            Files.createDirectory(folder.resolve("tag" + i));
        }
    }

    private void changedAt(Instant time) throws IOException {
        Files.setLastModifiedTime(folder, FileTime.from(time));
    }

    @Test
    void shouldHoldTheNamesOfALargeFolderThatDoesNotChange() throws IOException {
        changedAt(Instant.now().minusSeconds(60));
        Names first = folders.in(folder);

        assertThat(first.count()).isEqualTo(500);
        assertThat(folders.in(folder)).isSameAs(first);
    }

    @Test
    void shouldReadAFolderAgainThatHasChanged() throws IOException {
        changedAt(Instant.now().minusSeconds(60));
        folders.in(folder);
        Files.delete(folder.resolve("tag7"));
        Files.createDirectory(folder.resolve("more"));

        assertThat(folders.in(folder).contains("more")).isTrue();
        assertThat(folders.in(folder).contains("tag7")).isFalse();
    }

    @Test
    void shouldNotTrustTheTimeOfAChangeAMomentAgo() throws IOException {
        Instant now = Instant.now();
        changedAt(now);
        folders.in(folder);
        Files.createDirectory(folder.resolve("more"));
        changedAt(now);

        assertThat(folders.in(folder).contains("more")).isTrue();
    }

    @Test
    void shouldFindNothingInWhatIsNotAFolder() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        assertThat(folders.in(file).count()).isZero();
        assertThat(folders.in(file.resolve("below")).count()).isZero();
        assertThat(folders.in(folder.resolve("absent")).count()).isZero();
    }
}
