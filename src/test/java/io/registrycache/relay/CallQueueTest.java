package io.registrycache.relay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CallQueueTest {

    @Test
    void shouldSendAShortRequestWhileLayersWait() {
        CallQueue<String> queue = new CallQueue<>(8);
        for (int i = 0; i < 7; i++) {
            assertThat(queue.enter("layer " + i, true)).isTrue();
        }

        assertThat(queue.enter("layer 7", true)).isFalse();
        assertThat(queue.enter("head", false)).isTrue();
        assertThat(queue.leave(false)).isEmpty();
        assertThat(queue.leave(true)).contains("layer 7");
    }

    @Test
    void shouldSendShortRequestsThatWaitFirst() {
        CallQueue<String> queue = new CallQueue<>(2);
        assertThat(queue.enter("a layer", true)).isTrue();
        assertThat(queue.enter("a head", false)).isTrue();
        assertThat(queue.enter("next layer", true)).isFalse();
        assertThat(queue.enter("next head", false)).isFalse();

        assertThat(queue.leave(true)).contains("next head");
        assertThat(queue.leave(false)).contains("next layer");
        assertThat(queue.leave(true)).isEmpty();
    }

    @Test
    void shouldUseASingleConnectionForEverything() {
        CallQueue<String> queue = new CallQueue<>(1);
        assertThat(queue.enter("a layer", true)).isTrue();
        assertThat(queue.enter("a head", false)).isFalse();

        assertThat(queue.leave(true)).contains("a head");
    }

    @Test
    void shouldForgetARequestThatIsNotWaitedFor() {
        CallQueue<String> queue = new CallQueue<>(1);
        assertThat(queue.enter("one", false)).isTrue();
        assertThat(queue.enter("two", true)).isFalse();

        assertThat(queue.withdraw("two")).isTrue();
        assertThat(queue.withdraw("one")).isFalse();
        assertThat(queue.leave(false)).isEmpty();
    }
}
