package io.registrycache.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FetchQueueTest {

    private record Layer(String name, boolean hasClients) implements FetchQueue.Entry {}

    private final FetchQueue queue = new FetchQueue(2);
    private final List<String> turns = new ArrayList<>();

    private Layer enter(String name, boolean hasClients) {
        Layer layer = new Layer(name, hasClients);
        queue.enter(layer, () -> turns.add(name)).ifPresent(Runnable::run);
        return layer;
    }

    private void leave(Layer layer) {
        queue.leave(layer).ifPresent(Runnable::run);
    }

    @Test
    void shouldRunSoManyAtATimeInTheirOrder() {
        Layer first = enter("1", true);
        enter("2", true);
        enter("3", true);
        enter("4", true);
        assertThat(turns).containsExactly("1", "2");

        leave(first);
        assertThat(turns).containsExactly("1", "2", "3");
    }

    @Test
    void shouldLetAFetchWithClientsGoFirst() {
        Layer first = enter("1", true);
        Layer second = enter("2", true);
        enter("left alone", false);
        enter("waited for", true);

        leave(first);
        leave(second);
        assertThat(turns).containsExactly("1", "2", "waited for", "left alone");
    }

    @Test
    void shouldGiveNoTurnForAFetchThatNeverRan() {
        Layer first = enter("1", true);
        enter("2", true);
        Layer refused = enter("refused", true);
        enter("3", true);

        leave(refused);
        assertThat(turns).containsExactly("1", "2");
        leave(first);
        leave(first);
        assertThat(turns).containsExactly("1", "2", "3");
    }
}
