package io.registrycache.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredTagsTest {

    @TempDir
    Path folder;

    @Test
    void shouldFindTheTagsOfARepository() throws IOException {
        Layout layout = new Layout(folder);
        List<String> tags = List.of("1", "1.0", "1.0-a", "10", "2", "A", "_x", "b");
        for (String tag : tags) {
            Files.createDirectories(layout.tags("my/image").resolve(tag));
        }

        Names stored = new StoredTags().of(layout, "my/image");

        assertThat(stored.page("", 100)).isEqualTo(tags);
        assertThat(stored.page("1.0", 2)).containsExactly("1.0-a", "10");
        assertThat(new StoredTags().of(layout, "my").count()).isZero();
    }
}
