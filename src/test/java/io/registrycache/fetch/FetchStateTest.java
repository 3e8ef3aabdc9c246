package io.registrycache.fetch;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.registrycache.request.RegistryError;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FetchStateTest {

    private static final long SIZE = 100_000;
    private static final RegistryError FIRST = RegistryError.stopping();
    private static final RegistryError SECOND = RegistryError.unexpected();

    private static final Map<String, FetchState> STATES = Map.of(
            "Queued", new FetchState.Queued(),
            "Starting", new FetchState.Starting(),
            "Announced", new FetchState.Announced(SIZE),
            "Receiving", new FetchState.Receiving(SIZE),
            "Verified", new FetchState.Verified(SIZE),
            "Stored", new FetchState.Stored(SIZE),
            "Failed", new FetchState.Failed(FIRST, false));

    private static final List<UnaryOperator<FetchState>> EVENTS = List.of(
            FetchState::turn,
            state -> state.announced(SIZE),
            state -> state.begun(SIZE),
            FetchState::verified,
            FetchState::stored,
            state -> state.failed(SECOND, true));

    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
                    from,      turn,      announced, begun,     verified,  stored,    failed
                    Queued,    Starting,  Announced, Queued,    Queued,    Queued,    Failed
                    Starting,  Starting,  Announced, Receiving, Starting,  Starting,  Failed
                    Announced, Announced, Announced, Receiving, Announced, Announced, Failed
                    Receiving, Receiving, Receiving, Receiving, Verified,  Receiving, Failed
                    Verified,  Verified,  Verified,  Verified,  Verified,  Stored,    Verified
                    Stored,    Stored,    Stored,    Stored,    Stored,    Stored,    Stored
                    Failed,    Failed,    Failed,    Failed,    Failed,    Failed,    Failed
                    """)
    void shouldFollowEachEvent(
            String from, String turn, String announced, String begun, String verified, String stored, String failed) {
        List<String> expected = List.of(turn, announced, begun, verified, stored, failed);
        for (int i = 0; i < expected.size(); i++) {
            FetchState before = requireNonNull(STATES.get(from));
            FetchState after = EVENTS.get(i).apply(before);

            assertThat(after.getClass().getSimpleName()).isEqualTo(expected.get(i));
            if (from.equals(expected.get(i))) {
                // Late or repeated: nothing changes, so that the caller does not act on it twice.
                assertThat(after).isSameAs(before);
            }
        }
    }

    @Test
    void shouldNeverChangeASizeThatClientsWereTold() {
        Random random = new Random(7);
        for (int run = 0; run < 2000; run++) {
            FetchState state = new FetchState.Queued();
            OptionalLong told = OptionalLong.empty();
            for (int i = 0; i < 12; i++) {
                int size = 1 + random.nextInt(3);
                state = random.nextBoolean()
                        ? random.nextBoolean() ? state.announced(size) : state.begun(size)
                        : EVENTS.get(List.of(0, 3, 4).get(random.nextInt(3))).apply(state);
                if (told.isPresent()) {
                    assertThat(state.size()).isEqualTo(told);
                    assertThat(state.allows(told.getAsLong())).isTrue();
                    assertThat(state.allows(told.getAsLong() + 1)).isFalse();
                }
                told = state.size();
            }
        }
    }

    @Test
    void shouldKeepTheFirstReason() {
        FetchState failed = new FetchState.Receiving(SIZE).failed(FIRST, true).failed(SECOND, false);

        assertThat(failed).isEqualTo(new FetchState.Failed(FIRST, true));
    }

    @Test
    void shouldLetNobodyReadBeforeTheFirstByteAndHoldBackTheLast() {
        assertThat(new FetchState.Queued().readable(SIZE, false)).isZero();
        assertThat(new FetchState.Announced(SIZE).readable(SIZE, false)).isZero();
        assertThat(new FetchState.Receiving(SIZE).readable(SIZE, true)).isEqualTo(SIZE - FetchState.HELD_BACK);
        assertThat(new FetchState.Receiving(SIZE).readable(SIZE, false)).isEqualTo(SIZE);
        assertThat(new FetchState.Verified(SIZE).readable(0, true)).isEqualTo(SIZE);
    }
}
