package io.registrycache.reload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Both files with upstreams are edited a hundred times each, while clients pull. */
class RandomEditsIT {

    private static final int STEPS = Integer.getInteger("edits", 200) / 2;
    private static final long SLOW = 1_500_000;

    @Test
    void shouldNeitherCutNorFalsifyAnAnswer() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        CarefulClient.Seen seen = new CarefulClient.Seen();
        AtomicBoolean isOver = new AtomicBoolean();
        ExecutorService clients = Executors.newCachedThreadPool();
        try (ChangingSite site = new ChangingSite(seed)) {
            LongStream.range(0, 6)
                    .mapToObj(i -> new CarefulClient(site, seed + i, i < 3 ? Long.MAX_VALUE : SLOW, isOver, seen))
                    .forEach(clients::execute);
            try {
                for (int i = 0; i < STEPS; i++) {
                    site.editBoth();
                    assertThat(seen.wrong)
                            .as(() -> "seed " + seed + site.cache().program().tail())
                            .isEmpty();
                }
            } finally {
                isOver.set(true);
                clients.shutdown();
            }
            assertThat(clients.awaitTermination(30, TimeUnit.SECONDS)).isTrue();

            System.out.println("seed " + seed + ", slowest effect " + site.slowest() + " ms, answers " + seen.answers);
            assertThat(seen.wrong).as("seed " + seed).isEmpty();
            assertThat(seen.answers.keySet())
                    .containsAll(List.of("a.example 200", "b.example 200", "b.example 404", "c.example 200"))
                    .containsAll(List.of("d.example 200", "d.example 404", "e.example 200"));
            assertThat(site.cache().program().output()).doesNotContain("unexpected error");
            site.cache().assertNoLeak();
        }
    }
}
