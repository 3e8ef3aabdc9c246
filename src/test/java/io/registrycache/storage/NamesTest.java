package io.registrycache.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {

    private static Names names(List<String> names) {
        Names.Builder builder = new Names.Builder();
        names.forEach(builder::add);
        return builder.build();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 100, 999, 1000, 1001})
    void shouldGiveEachNameOnceAndInOrderPageByPage(int size) {
        TreeSet<String> all = new TreeSet<>();
        for (int i = 0; i < 1000; i++) {
            all.add("v" + i % 7 + "." + i);
        }
        List<String> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, new Random(size));
        Names names = names(shuffled);

        List<String> found = new ArrayList<>();
        List<String> page = names.page("", size);
        while (!page.isEmpty()) {
            assertThat(page).hasSizeLessThanOrEqualTo(size);
            found.addAll(page);
            page = names.page(page.get(page.size() - 1), size);
        }

        assertThat(found).containsExactlyElementsOf(all);
        assertThat(names.all()).isEqualTo(shuffled);
        assertThat(names.page("", Integer.MAX_VALUE)).containsExactlyElementsOf(all);
        assertThat(names.page("", 0)).isEmpty();
    }

    @Test
    void shouldBeginBehindANameThatIsNotThere() {
        assertThat(names(List.of("10", "1.0-a", "1")).page("1.00", 1)).containsExactly("10");
        assertThat(names(List.of("a", "b")).page("c", 5)).isEmpty();
        assertThat(names(List.of("a")).page("é", 5)).isEmpty();
    }

    @Test
    void shouldKnowWholeNamesOnly() {
        Names names = names(List.of("abc", "d"));

        assertThat(names.contains("abc")).isTrue();
        assertThat(names.contains("ab")).isFalse();
        assertThat(names.contains("")).isFalse();
        assertThat(names.contains("abc\nd")).isFalse();
    }

    @Test
    void shouldLeaveOutWhatCannotBeAName() {
        assertThat(names(List.of("a\nb", "é", " ", "c")).all()).containsExactly("c");
    }
}
