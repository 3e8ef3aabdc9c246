package io.registrycache.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.registrycache.request.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PurgeTest {

    private static final Duration NOW = Duration.ZERO;
    private static final int LAYER = 10_000;

    @TempDir
    private Path folder;

    private StoredImages images;
    private Digest base;
    private Digest top1;
    private Digest top2;
    private Digest first;
    private Digest second;

    @BeforeEach
    void storeTwoImagesThatShareALayer() throws IOException {
        images = new StoredImages(folder);
        base = images.layer("base", LAYER, NOW);
        top1 = images.layer("one", LAYER, NOW);
        top2 = images.layer("two", LAYER, NOW);
        Digest config = images.blob("{\"c\":1}".getBytes(UTF_8), NOW);
        first = images.manifest("my/app", "1", NOW, config, List.of(base, top1));
        second = images.manifest("my/app", "2", NOW, config, List.of(base, top2));
    }

    private long purge(String reference) throws IOException {
        return new Purge(folder).remove(reference);
    }

    private Path layerLink(String repository, Digest layer) {
        return Layout.link(images.layout.layers(repository), layer).resolve("link");
    }

    @Test
    void shouldRemoveATagWithTheLayersThatOnlyItsImageNeeds() throws IOException {
        long size = Files.size(images.layout.data(first));
        assertThat(purge("my/app:1")).isEqualTo(LAYER + size);
        assertThat(images.has(first)).isFalse();
        assertThat(images.has(top1)).isFalse();
        assertThat(images.has(base)).isTrue();
        assertThat(images.has(second)).isTrue();
        assertThat(images.layout.tags("my/app").resolve("1")).doesNotExist();
        assertThat(layerLink("my/app", top1)).doesNotExist();
        assertThat(layerLink("my/app", base)).exists();
        assertThat(Layout.link(images.layout.manifests("my/app"), first)).doesNotExist();
    }

    @Test
    void shouldKeepAnImageThatAnotherTagMeans() throws IOException {
        images.linkManifest("my/app", "latest", first);
        assertThat(purge("my/app:1")).isZero();
        assertThat(images.has(first)).isTrue();
        assertThat(images.layout.tags("my/app").resolve("1")).doesNotExist();
        assertThat(images.layout.tags("my/app").resolve("latest")).exists();
    }

    @Test
    void shouldKeepALayerThatAnotherRepositoryNeeds() throws IOException {
        Digest config = images.blob("{\"c\":2}".getBytes(UTF_8), NOW);
        Digest other = images.manifest("other/app", "1", NOW, config, List.of(top1));
        purge("my/app:1");
        assertThat(images.has(top1)).isTrue();
        assertThat(images.has(other)).isTrue();
    }

    @Test
    void shouldRemoveADigestAndTheTagsThatMeanIt() throws IOException {
        purge("my/app@" + first);
        assertThat(images.has(first)).isFalse();
        assertThat(images.layout.tags("my/app").resolve("1")).doesNotExist();
        assertThat(images.has(second)).isTrue();
    }

    @Test
    void shouldRemoveAnIndexWithItsManifests() throws IOException {
        Digest index = images.index("my/app", "all", NOW, List.of(first));
        Files.walk(images.layout.tags("my/app").resolve("1"))
                .sorted((a, b) -> b.compareTo(a))
                .forEach(path -> path.toFile().delete());
        purge("my/app:all");
        assertThat(images.has(index)).isFalse();
        assertThat(images.has(first)).isFalse();
        assertThat(images.has(top1)).isFalse();
        assertThat(images.has(second)).isTrue();
    }

    @Test
    void shouldRemoveARepositoryAndItsFolder() throws IOException {
        assertThat(purge("my/app")).isGreaterThan(3 * LAYER);
        assertThat(images.has(base)).isFalse();
        assertThat(images.has(second)).isFalse();
        assertThat(images.layout.repositories().resolve("my")).doesNotExist();
    }

    @Test
    void shouldRemoveEverything() throws IOException {
        assertThat(purge("*")).isGreaterThan(3 * LAYER);
        assertThat(images.has(base)).isFalse();
        assertThat(images.layout.repositories()).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"my/app:3", "my/other", "my", "../app", "my/../my/app", "my/app@sha256:1", "my/app:../1", "", "/"
            })
    void shouldSayThatAnImageIsNotStored(String reference) {
        assertThatThrownBy(() -> purge(reference))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessage(reference + " is not stored");
        assertThat(images.has(base)).isTrue();
        assertThat(images.has(first)).isTrue();
    }
}
