package io.registrycache.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.registrycache.config.Upstreams;
import io.registrycache.process.Children;
import io.registrycache.process.StoppedChild;
import io.registrycache.request.Digest;
import io.registrycache.storage.StoredImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageSearchTest {

    @TempDir
    private Path root;

    private StoppedChild ghcr;
    private StoppedChild inMemory;
    private ImageSearch search;

    @BeforeEach
    void openStorages() throws IOException {
        ghcr = StoppedChild.onFileSystem("ghcr.io", root);
        inMemory = StoppedChild.inMemory("quay.io");
        Children children = new Children();
        children.add(ghcr.child());
        children.add(inMemory.child());
        Upstreams upstreams = new Upstreams(List.of(ghcr.upstream(), inMemory.upstream()));
        search = new ImageSearch(() -> upstreams, children);
    }

    @AfterEach
    void close() throws IOException {
        ghcr.close();
        inMemory.close();
    }

    private void store(String repository, String... tags) throws IOException {
        for (String tag : tags) {
            Files.createDirectories(folder().resolve("docker/registry/v2/repositories")
                    .resolve(repository)
                    .resolve("_manifests/tags")
                    .resolve(tag));
        }
    }

    private Path folder() {
        return root.resolve("ghcr.io");
    }

    private List<String> names(String query) {
        return search.find(query).images().stream()
                .map(found -> found.image().name())
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "'', 3",
        "app, 2",
        "APP, 2",
        "' app  1.0 ', 1",
        "ghcr.io my, 3",
        ":1.0, 1",
        "other app, 0",
        "my.app, 0",
        "%, 0"
    })
    void shouldFindImagesThatHaveAllWordsInTheirNames(String query, int found) throws IOException {
        store("my/app", "1.0", "2.0");
        store("my/other", "3");

        assertThat(names(query)).hasSize(found);
    }

    @Test
    void shouldShowAHundredAndSayThatThereAreMore() throws IOException {
        for (int number = 0; number < 101; number++) {
            store("my/image-" + number, "1");
        }

        assertThat(search.find("").images()).hasSize(100);
        assertThat(search.find("").more()).isTrue();
        assertThat(search.find("image-1").more()).isFalse();
    }

    @Test
    void shouldReadNoMoreThanTwoHundredCharactersOfAQuery() throws IOException {
        store("my/app", "1.0");

        assertThat(names("app " + " ".repeat(200) + "nonsense")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../../etc", "/etc/passwd", "*", "(((", "\u0000", "<script>"})
    void shouldTakeAHostileQueryAsText(String query) throws IOException {
        store("my/app", "1.0");

        assertThat(names(query)).isEmpty();
    }

    @Test
    void shouldTellWhetherAnImageIsWhole() throws IOException {
        StoredImages images = new StoredImages(folder());
        Digest config = images.blob(new byte[] {1}, Duration.ZERO);
        Digest layer = images.layer("a", 100, Duration.ZERO);
        images.manifest("my/whole", "1", Duration.ZERO, config, List.of(layer));
        Digest missing = Digest.sha256Of(new byte[] {2});
        images.manifest("my/partly", "1", Duration.ZERO, config, List.of(layer, missing));

        assertThat(search.find("my").images())
                .extracting(found -> found.image().repository(), ImageSearch.Cached::isWhole)
                .containsExactly(tuple("my/partly", false), tuple("my/whole", true));
    }

    @Test
    void shouldNameUpstreamsWhoseStorageCannotBeSearched() {
        assertThat(search.find("").unavailable()).containsExactly("quay.io");
    }
}
