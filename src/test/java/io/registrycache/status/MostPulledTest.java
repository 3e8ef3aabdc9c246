package io.registrycache.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MostPulledTest {

    private final MostPulled mostPulled = new MostPulled();

    private static Image image(String name) {
        return new Image("ghcr.io", name, ":1");
    }

    private void pull(String name, int times) {
        IntStream.range(0, times).forEach(time -> mostPulled.pulled(image(name)));
    }

    @Test
    void shouldShowTheMostPulledFirstAndEqualOnesByName() {
        pull("c", 1);
        pull("b", 2);
        pull("a", 1);

        assertThat(mostPulled.top(2))
                .containsExactly(new MostPulled.Pulls(image("b"), 2), new MostPulled.Pulls(image("a"), 1));
    }

    @Test
    void shouldKeepPopularImagesAmongManyThatArePulledOnce() {
        pull("popular", 1000);
        IntStream.range(0, 2000).forEach(number -> pull("scan-" + number, 1));

        assertThat(mostPulled.all()).hasSize(500);
        assertThat(mostPulled.top(1)).containsExactly(new MostPulled.Pulls(image("popular"), 1000));
    }

    /** So its count is never below the true one. */
    @Test
    void shouldGiveANewImageTheCountOfTheOneThatItReplaces() {
        IntStream.range(0, 500).forEach(number -> pull("image-" + number, 3));
        pull("new", 1);

        assertThat(mostPulled.top(1)).containsExactly(new MostPulled.Pulls(image("new"), 4));
        assertThat(mostPulled.all()).hasSize(500);
    }

    @Test
    void shouldRestoreNoMoreThanItKeeps() {
        List<MostPulled.Pulls> earlier = IntStream.range(0, 10_000)
                .mapToObj(number -> new MostPulled.Pulls(image("image-" + number), number))
                .toList();
        mostPulled.restore(earlier);

        assertThat(mostPulled.all()).hasSize(500);
    }
}
