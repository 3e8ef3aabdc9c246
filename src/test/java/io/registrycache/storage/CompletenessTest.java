package io.registrycache.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.registrycache.request.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletenessTest {

    private static final Duration UNUSED = Duration.ofDays(3);

    @TempDir
    private Path folder;

    private StoredImages images;
    private Digest config;
    private Digest base;
    private Digest top;

    @BeforeEach
    void storeBlobs() throws IOException {
        images = new StoredImages(folder);
        config = images.blob("{\"os\":\"linux\"}".getBytes(StandardCharsets.UTF_8), UNUSED);
        base = images.layer("base", 1000, UNUSED);
        top = images.layer("top", 1000, UNUSED);
    }

    private Digest image(String tag) throws IOException {
        return images.manifest("my/app", tag, UNUSED, config, List.of(base, top));
    }

    private boolean isWhole(String reference) throws IOException {
        return Completeness.isWhole(folder, "my/app", reference);
    }

    private void lose(Digest digest) throws IOException {
        Files.delete(images.layout.data(digest));
    }

    @Test
    void shouldFindAnImageWholeByTagAndByDigest() throws IOException {
        Digest manifest = image("1");

        assertThat(isWhole(":1")).isTrue();
        assertThat(isWhole("@" + manifest)).isTrue();
    }

    @Test
    void shouldMissALayer() throws IOException {
        image("1");
        lose(top);
        assertThat(isWhole(":1")).isFalse();
    }

    @Test
    void shouldMissALayerThatIsNotWrittenYet() throws IOException {
        image("1");
        Files.write(images.layout.data(top), new byte[0]);
        assertThat(isWhole(":1")).isFalse();
    }

    @Test
    void shouldMissTheConfiguration() throws IOException {
        image("1");
        lose(config);
        assertThat(isWhole(":1")).isFalse();
    }

    @Test
    void shouldMissTheManifest() throws IOException {
        lose(image("1"));
        assertThat(isWhole(":1")).isFalse();
        assertThat(isWhole(":none")).isFalse();
        assertThat(isWhole("@sha256:none")).isFalse();
    }

    @Test
    void shouldFindAnIndexWholeWithOnePlatform() throws IOException {
        Digest notPulled = new Digest("sha256", "1".repeat(64));
        images.index("my/app", "1", UNUSED, List.of(notPulled, image("")));

        assertThat(isWhole(":1")).isTrue();
        lose(base);
        assertThat(isWhole(":1")).isFalse();
    }

    @Test
    void shouldNotTakeAnAttestationForAPlatform() throws IOException {
        Digest statement = images.layer("statement", 100, UNUSED);
        Digest attestation = images.blob(
                ("{\"schemaVersion\":2,\"config\":{\"digest\":\"" + config + "\"},\"layers\":[{\"mediaType\":"
                                + "\"application/vnd.in-toto+json\",\"digest\":\"" + statement + "\"}]}")
                        .getBytes(StandardCharsets.UTF_8),
                UNUSED);
        images.index("my/app", "1", UNUSED, List.of(attestation, image("")));
        lose(top);

        assertThat(isWhole(":1")).isFalse();
        assertThat(isWhole("@" + attestation)).isTrue();
    }

    @Test
    void shouldFindAnArtifactWholeWithoutTheImageThatItIsAbout() throws IOException {
        Digest subject = new Digest("sha256", "1".repeat(64));
        Digest artifact = images.blob(
                ("{\"schemaVersion\":2,\"config\":{\"digest\":\"" + config + "\"},\"layers\":[{\"digest\":\"" + base
                                + "\"}],\"subject\":{\"digest\":\"" + subject + "\"}}")
                        .getBytes(StandardCharsets.UTF_8),
                UNUSED);
        images.linkManifest("my/app", "signature", artifact);

        assertThat(isWhole(":signature")).isTrue();
        assertThat(StoredManifest.referencesOf(images.layout, artifact)).containsOnly(config, base, subject);
    }

    @Test
    void shouldNotCountAsAUse() throws IOException {
        Digest manifest = image("1");
        isWhole(":1");

        assertThat(images.unused(manifest)).isGreaterThan(Duration.ofDays(2));
        assertThat(images.unused(top)).isGreaterThan(Duration.ofDays(2));
    }
}
