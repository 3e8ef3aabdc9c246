package io.registrycache.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpMethod;
import io.registrycache.request.Operation;
import io.registrycache.request.RegistryError;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is learnt from answers to HEAD. */
class HeadsTest {

    private final AtomicLong clock = new AtomicLong();
    private final Heads heads = new Heads("ghcr.io", clock::get);

    private void seen(int status) {
        heads.seen(HttpMethod.HEAD, Operation.BLOB, status);
    }

    private boolean isDoubtful(int status) {
        RegistryError error = new RegistryError(status, "CODE", "message", Map.of());
        return heads.isDoubtful(Operation.BLOB, new Answer.Refused(error));
    }

    @ParameterizedTest
    @ValueSource(ints = {405, 501})
    void shouldAskWithGetFromARefusalOn(int status) {
        seen(200);
        assertThat(heads.areRefused(Operation.BLOB)).isFalse();

        seen(status);
        assertThat(heads.areRefused(Operation.BLOB)).isTrue();
        assertThat(heads.areRefused(Operation.MANIFEST)).isFalse();
        // What clients are told of it.
        assertThat(isDoubtful(502)).isTrue();
    }

    @Test
    void shouldTryAgainAfterAWhile() {
        heads.refused(Operation.BLOB);
        clock.addAndGet(Duration.ofMinutes(9).toNanos());
        assertThat(heads.areRefused(Operation.BLOB)).isTrue();
        clock.addAndGet(Duration.ofMinutes(2).toNanos());
        assertThat(heads.areRefused(Operation.BLOB)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 404})
    void shouldDoubtARefusalOnlyUntilAnAnswer(int status) {
        assertThat(isDoubtful(status)).isTrue();
        seen(status);
        assertThat(isDoubtful(status)).isTrue();
        seen(200);
        assertThat(isDoubtful(status)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 429, 451, 500, 503, 508})
    void shouldBelieveOtherRefusals(int status) {
        seen(status);
        assertThat(isDoubtful(status)).isFalse();
        assertThat(heads.areRefused(Operation.BLOB)).isFalse();
    }

    @Test
    void shouldLearnNothingFromAnswersToGet() {
        heads.seen(HttpMethod.GET, Operation.BLOB, 405);
        assertThat(heads.areRefused(Operation.BLOB)).isFalse();
        assertThat(heads.isDoubtful(Operation.BLOB, new Answer.Found("application/json", "", 1, Optional.empty(), "")))
                .isFalse();
    }
}
