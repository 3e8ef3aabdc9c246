package io.registrycache.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.registrycache.config.Retention;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferrersInFilesTest {

    private static final byte[] LIST =
            "next: \n{\"schemaVersion\":2,\"manifests\":[]}".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private ReferrersInFiles lists(int most) {
        return new ReferrersInFiles(new Layout(folder), most);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            return tree.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void shouldFindAListUntilItIsRemoved() throws IOException {
        String longest = "a/" + "b".repeat(253);
        lists(10).put(longest, "target", LIST);

        assertThat(lists(10).find(longest, "target")).hasValue(LIST);
        assertThat(lists(10).find(longest, "other")).isEmpty();
        assertThat(lists(10).find("other", "target")).isEmpty();

        lists(10).remove(longest, "target");
        assertThat(lists(10).find(longest, "target")).isEmpty();
        assertThat(files()).isEmpty();
    }

    @Test
    void shouldLeaveTheFileOfAListThatIsTheSame() throws IOException {
        ReferrersInFiles lists = lists(10);
        lists.put("a", "target", LIST);
        FileTime earlier = FileTime.fromMillis(System.currentTimeMillis() - 60_000);
        Files.setLastModifiedTime(files().get(0), earlier);

        lists.put("a", "target", LIST);

        assertThat(Files.getLastModifiedTime(files().get(0))).isEqualTo(earlier);
    }

    @Test
    void shouldKeepABoundedNumberOfThoseThatWereUsedLast() throws IOException {
        ReferrersInFiles lists = lists(10);
        for (int i = 0; i < 100; i++) {
            lists.put("a" + i % 3, "target" + i, LIST);
            for (Path file : files()) {
                // As if each had been put a minute after the one before it.
                FileTime before = Files.getLastModifiedTime(file);
                FileTime earlier = FileTime.fromMillis(before.toMillis() - 60_000);
                Files.setLastModifiedTime(file, earlier);
                Files.setAttribute(file, "lastAccessTime", earlier);
            }
            assertThat(files()).hasSizeLessThanOrEqualTo(10);
        }

        assertThat(lists(10).find("a0", "target99")).hasValue(LIST);
        assertThat(lists(10).find("a0", "target0")).isEmpty();
    }

    @Test
    void shouldBeMeasuredAndEvictedAsContentIs() throws IOException {
        lists(10).put("a", "target", LIST);
        UpstreamStorage storage = new UpstreamStorage("up", folder, Retention.NONE, Optional.empty());

        new Sweep(storage, System.currentTimeMillis(), new Pace(() -> true)).measure(Long.MAX_VALUE);
        assertThat(storage.stored()).isEqualTo(LIST.length);
        new Sweep(storage, System.currentTimeMillis() + 100_000, new Pace(() -> true)).measure(50_000);

        assertThat(storage.stored()).isZero();
        assertThat(files()).isEmpty();
    }
}
