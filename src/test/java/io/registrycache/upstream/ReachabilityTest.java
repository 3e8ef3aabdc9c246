package io.registrycache.upstream;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.registrycache.upstream.Reachability.Doubtful;
import io.registrycache.upstream.Reachability.Reachable;
import io.registrycache.upstream.Reachability.Step;
import io.registrycache.upstream.Reachability.Unreachable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every transition, with late and repeated events. */
class ReachabilityTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant NOW = START.plusSeconds(60);

    private final Reachability reachable = new Reachable(START);
    private final Reachability doubtful = new Doubtful(START, NOW, "refused", 0);
    private final Reachability unreachable = new Unreachable(START, "refused", 1, NOW);

    private static final Map<String, Reachability> STATES = Map.of(
            "Reachable", new Reachable(START),
            "Doubtful", new Doubtful(START, NOW, "refused", 0),
            "Doubtful again", new Doubtful(START, NOW, "refused", 1),
            "Unreachable", new Unreachable(START, "refused", 1, NOW));

    private static final List<Function<Reachability, Step>> EVENTS = List.of(
            state -> state.failed("why", NOW), state -> state.probeFailed("why", NOW), state -> state.succeeded(NOW));

    /** Behind a slash is when to probe; a dash stands for the same state. */
    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
                    from,           failed,         probeFailed,        succeeded
                    Reachable,      Doubtful/PT0S,  Doubtful/PT0.5S,    -
                    Doubtful,       -,              Doubtful/PT0.5S,    Reachable
                    Doubtful again, -,              Unreachable/PT0.5S, Reachable
                    Unreachable,    -,              Unreachable/PT1S,   Reachable
                    """)
    void shouldFollowEachEvent(String from, String failed, String probeFailed, String succeeded) {
        List<String> expected = List.of(failed, probeFailed, succeeded);
        for (int i = 0; i < expected.size(); i++) {
            Reachability before = requireNonNull(STATES.get(from));

            Step step = EVENTS.get(i).apply(before);

            String next = step.next() == before ? "-" : step.next().getClass().getSimpleName();
            assertThat(next + step.probe().map(pause -> "/" + pause).orElse("")).isEqualTo(expected.get(i));
        }
    }

    @Test
    void shouldProbeAtOnceWhenARequestFails() {
        Step step = reachable.failed("refused", NOW);

        assertThat(step.next()).isEqualTo(doubtful);
        assertThat(step.probe()).contains(Duration.ZERO);
    }

    @Test
    void shouldCallItAnOutageOnlyWhenTwoProbesFailAfterARequest() {
        Step first = doubtful.probeFailed("refused", NOW);
        assertThat(first.next()).isInstanceOf(Doubtful.class);
        assertThat(first.probe()).isPresent();

        Step second = first.next().probeFailed("refused again", NOW);
        assertThat(second.next()).isInstanceOfSatisfying(Unreachable.class, outage -> {
            assertThat(outage.since()).isEqualTo(NOW);
            assertThat(outage.why()).isEqualTo("refused again");
            assertThat(outage.next()).isAfter(NOW);
        });
        assertThat(second.probe()).isPresent();
    }

    @Test
    void shouldDoubtWhenTheFirstProbeFailsBeforeAnyRequest() {
        assertThat(reachable.probeFailed("refused", NOW).next()).isInstanceOf(Doubtful.class);
    }

    @Test
    void shouldForgetADoubtAndKeepSinceWhen() {
        assertThat(doubtful.succeeded(NOW).next()).isEqualTo(reachable);
        assertThat(reachable.succeeded(NOW).next()).isSameAs(reachable);
    }

    @Test
    void shouldEndAnOutageWithTheFirstAnswer() {
        assertThat(unreachable.succeeded(NOW).next()).isEqualTo(new Reachable(NOW));
    }

    @Test
    void shouldNotProbeTwiceForLateFailures() {
        assertThat(doubtful.failed("late", NOW)).isEqualTo(new Step(doubtful, Optional.empty()));
        assertThat(unreachable.failed("late", NOW)).isEqualTo(new Step(unreachable, Optional.empty()));
    }

    @Test
    void shouldProbeWithGrowingPausesUpToHalfAMinute() {
        Reachability state = unreachable;
        Duration last = Duration.ZERO;
        for (int i = 0; i < 20; i++) {
            Step step = state.probeFailed("still", NOW);
            Duration pause = step.probe().orElseThrow();
            assertThat(pause).isGreaterThanOrEqualTo(last).isLessThanOrEqualTo(Duration.ofSeconds(30));
            assertThat(step.next().since()).isEqualTo(START);
            last = pause;
            state = step.next();
        }
        assertThat(last).isEqualTo(Duration.ofSeconds(30));
    }
}
