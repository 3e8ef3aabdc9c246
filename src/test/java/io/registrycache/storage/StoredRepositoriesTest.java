package io.registrycache.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
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
    void shouldFindAPageThatBeginsAnywhere() throws IOException {
        List<String> names = List.of("a", "a-b", "a-b/c", "a.b", "a/b", "a/b-c", "a/b/c", "a0", "a_b/c", "b/a");
        for (String name : names) {
            store(name + "/_layers");
        }

        assertThat(StoredRepositories.in(folder)).isEqualTo(names).isSorted();
        for (int after = 0; after < names.size(); after++) {
            for (int most = 0; most < 4; most++) {
                assertThat(new StoredRepositories().in(folder, names.get(after), most))
                        .isEqualTo(names.subList(after + 1, Math.min(names.size(), after + 1 + most)));
            }
        }
        assertThat(new StoredRepositories().in(folder, "a/bb", 1)).containsExactly("a0");
        assertThat(new StoredRepositories().in(folder, "a/", 1)).containsExactly("a/b");
        assertThat(new StoredRepositories().in(folder, "z", 1)).isEmpty();
    }

    @Test
    void shouldFindNothingWhereNothingWasEverStored() throws IOException {
        assertThat(StoredRepositories.in(folder)).isEmpty();
    }

    @Test
    void shouldSeeWhatChangesInWhatItHasSeenBefore() throws IOException {
        store("a/_layers");
        store("b/_layers");
        store("c/_layers");
        Path stored = folder.resolve("docker/registry/v2/repositories");
        for (String name : List.of("a", "b", "c")) {
            Files.setLastModifiedTime(
                    stored.resolve(name), FileTime.from(Instant.now().minusSeconds(60)));
        }
        StoredRepositories repositories = new StoredRepositories();
        for (int time = 0; time < 2; time++) {
            assertThat(repositories.in(folder, "", 10)).containsExactly("a", "b", "c");
        }

        store("a/deep/_layers");
        Files.delete(stored.resolve("b/_layers"));
        Files.delete(stored.resolve("c/_layers"));
        Files.delete(stored.resolve("c"));

        assertThat(repositories.in(folder, "", 10)).containsExactly("a", "a/deep");
    }
}
