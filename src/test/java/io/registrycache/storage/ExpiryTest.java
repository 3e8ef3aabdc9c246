package io.registrycache.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExpiryTest {

    @TempDir
    private Path folder;

    private Path blob(String name, int size, Duration age) throws IOException {
        Path data = folder.resolve("docker/registry/v2/blobs/sha256/ab/" + name + "/data");
        Files.createDirectories(data.getParent());
        Files.write(data, new byte[size]);
        return Files.setLastModifiedTime(data, FileTime.from(Instant.now().minus(age)));
    }

    @Test
    void shouldRemoveLayersThatWereFetchedMoreThanAWeekAgoAndNothingElse() throws IOException {
        Path old = blob("old", 100_000, Duration.ofDays(8));
        Path young = blob("young", 100_000, Duration.ofDays(6));
        Path manifest = blob("manifest", 2_000, Duration.ofDays(100));

        new Expiry(List.of(folder, folder.resolve("nothing"))).expire();

        assertThat(old).doesNotExist();
        assertThat(young).exists();
        assertThat(manifest).exists();
    }
}
