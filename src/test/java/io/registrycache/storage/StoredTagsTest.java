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
    void shouldFindAPageThatBeginsAnywhere() throws IOException {
        Layout layout = new Layout(folder);
        List<String> tags = List.of("1", "1.0", "1.0-a", "10", "2", "A", "_x", "b");
        for (String tag : tags) {
            Files.createDirectories(layout.tags("my/image").resolve(tag));
        }

        assertThat(StoredTags.of(layout, "my/image", "", Integer.MAX_VALUE)).isEqualTo(tags);
        for (int after = 0; after < tags.size(); after++) {
            for (int most = 1; most < 5; most++) {
                assertThat(StoredTags.of(layout, "my/image", tags.get(after), most))
                        .isEqualTo(tags.subList(after + 1, Math.min(tags.size(), after + 1 + most)));
            }
        }
        assertThat(StoredTags.of(layout, "my/image", "1.00", 1)).containsExactly("10");
    }

    @Test
    void shouldFindNothingOfWhatIsNotStored() throws IOException {
        assertThat(StoredTags.of(new Layout(folder), "my/image", "", 10)).isEmpty();
    }
}
