package io.registrycache.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredRepositoriesTest {

    @TempDir
    Path folder;

    private void store(String path) throws IOException {
        Files.createDirectories(
                folder.resolve("docker/registry/v2/repositories").resolve(path));
    }

    @Test
    void shouldFindRepositoriesWithinRepositoriesInTheOrderOfTheirNames() throws IOException {
        store("my/image/_manifests/tags/1");
        store("my/image/deep/_layers/sha256");
        store("my/image-2/_manifests");
        store("my/upload/_uploads/1");
        store("my/empty");

        assertThat(StoredRepositories.in(folder)).containsExactly("my/image", "my/image-2", "my/image/deep");
    }

    @Test
    void shouldFindNothingWhereNothingWasEverStored() throws IOException {
        assertThat(StoredRepositories.in(folder)).isEmpty();
    }
}
