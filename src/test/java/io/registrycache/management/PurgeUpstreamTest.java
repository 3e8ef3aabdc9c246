package io.registrycache.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.registrycache.config.Retention;
import io.registrycache.process.StoppedChild;
import io.registrycache.request.Digest;
import io.registrycache.storage.SmallContent;
import io.registrycache.storage.StoredImages;
import io.registrycache.storage.UpstreamStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PurgeUpstreamTest {

    @TempDir
    private Path root;

    private PurgeUpstream purge(StoppedChild child) {
        return new PurgeUpstream(
                child.child(),
                () -> child.child()
                        .folder()
                        .map(folder ->
                                new UpstreamStorage(child.upstream().name(), folder, Retention.NONE, Optional.empty())),
                new SmallContent());
    }

    private Digest store(StoppedChild child, String repository) throws IOException {
        StoredImages images = new StoredImages(child.child().folder().orElseThrow());
        Digest config = images.blob(new byte[] {1}, Duration.ZERO);
        Digest layer = images.layer("a", 1000, Duration.ZERO);
        return images.manifest(repository, "1", Duration.ZERO, config, List.of(layer));
    }

    @Test
    void shouldReturnTheBytesThatWereFreed() throws IOException {
        try (StoppedChild ghcr = StoppedChild.onFileSystem("ghcr.io", root)) {
            store(ghcr, "my/image");

            assertThat(purge(ghcr).remove("my/image:1")).isGreaterThan(1000);
            assertThatThrownBy(() -> purge(ghcr).remove("my/image:1"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("my/image:1 is not stored");
        }
    }

    @Test
    void shouldKnowTheShortNamesOfDockerHub() throws IOException {
        try (StoppedChild hub = StoppedChild.onFileSystem("registry-1.docker.io", root)) {
            store(hub, "library/debian");

            assertThat(purge(hub).remove("debian:1")).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "@",
                "../../etc/passwd",
                "my/image/../../..",
                "/",
                "my/image@sha256:../..",
                "a\u0000b",
                "**"
            })
    void shouldRemoveNothingThatIsNotAnImage(String reference) throws IOException {
        try (StoppedChild ghcr = StoppedChild.onFileSystem("ghcr.io", root)) {
            Digest manifest = store(ghcr, "my/image");

            assertThatThrownBy(() -> purge(ghcr).remove(reference))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageEndingWith(" is not stored");
            assertThat(new StoredImages(ghcr.child().folder().orElseThrow()).has(manifest))
                    .isTrue();
        }
    }

    @Test
    void shouldSayThatABucketIsLeftToTheOperator() throws IOException {
        try (StoppedChild inMemory = StoppedChild.inMemory("ghcr.io")) {
            assertThatThrownBy(() -> purge(inMemory).remove("my/image:1"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("ghcr.io does not store on a file system");
        }
    }
}
