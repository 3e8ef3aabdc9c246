package io.registrycache.process;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.registrycache.process.ChildState.BackingOff;
import io.registrycache.process.ChildState.Order;
import io.registrycache.process.ChildState.Serving;
import io.registrycache.process.ChildState.Step;
import io.registrycache.process.Starting.Due;
import io.registrycache.process.Starting.Launched;
import io.registrycache.process.Starting.Launching;
import io.registrycache.process.Starting.Restarting;
import io.registrycache.process.Stopped.Closed;
import io.registrycache.process.Stopped.Ending;
import io.registrycache.process.Stopped.Off;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChildStateTest {

    private static final Moment BEGIN = new Moment(Instant.parse("2026-01-01T00:00:00Z"), -5);
    private static final Moment NOW = BEGIN.plus(Duration.ofSeconds(3));
    private static final ChildEnd END = new ChildEnd("it ended with exit code 1", true);
    private static final ChildRun RUN = new ChildRun("ghcr.io", new NoProcess(), 1);

    private static final Map<String, ChildState> STATES = Map.of(
            "Off", new Off(),
            "Due", new Due(BEGIN.instant()),
            "Launching", new Launching(2, BEGIN),
            "Launched", new Launched(2, BEGIN, RUN),
            "Serving", new Serving(2, BEGIN, RUN, BEGIN.instant()),
            "BackingOff", new BackingOff(2, NOW, END),
            "Ending", new Ending(RUN),
            "Restarting", new Restarting(RUN, BEGIN.instant()),
            "Closed", new Closed());

    private static final List<Function<ChildState, Step>> EVENTS = List.of(
            state -> state.start(NOW),
            ChildState::stop,
            state -> state.replace(NOW),
            state -> state.launching(NOW),
            state -> state.launched(RUN),
            state -> state.answers(NOW),
            state -> state.ended(END, Duration::ofMinutes, NOW),
            ChildState::close);

    /** Behind a slash is what to do about the program; a dash stands for the same state: a late or repeated event. */
    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
                    from,       start,      stop,       replace,            launching, launched, answers, ended,      close
                    Off,        Due,        -,          -,                  -,         -,        -,       -,          Closed
                    Due,        -,          Off,        -,                  Launching, -,        -,       -,          Closed
                    Launching,  -,          Ending,     Launching,          -,         Launched, -,       BackingOff, Closed
                    Launched,   -,          Ending/END, Restarting/LET_GO,  -,         -,        Serving, BackingOff, Closed/END
                    Serving,    -,          Ending/END, Restarting/LET_GO,  -,         -,        -,       BackingOff, Closed/END
                    BackingOff, -,          Off,        Due,                Launching, -,        -,       -,          Closed
                    Ending,     Restarting, -/END,      -,                  -,         -,        -,       Off,        Closed/END
                    Restarting, -,          Ending/END, -,                  -,         -,        -,       Due,        Closed/END
                    Closed,     -,          -,          -,                  -,         -,        -,       -,          -
                    """)
    void shouldFollowEachEvent(
            String from,
            String start,
            String stop,
            String replace,
            String launching,
            String launched,
            String answers,
            String ended,
            String close) {
        List<String> expected = List.of(start, stop, replace, launching, launched, answers, ended, close);
        for (int i = 0; i < expected.size(); i++) {
            ChildState before = requireNonNull(STATES.get(from));

            Step step = EVENTS.get(i).apply(before);

            String next = step.next() == before ? "-" : step.next().getClass().getSimpleName();
            String order = step.order() == Order.NOTHING ? "" : "/" + step.order();
            assertThat(next + order).isEqualTo(expected.get(i));
            assertThat(step.run().isPresent()).isEqualTo(!order.isEmpty());
        }
    }

    @Test
    void shouldCountFailuresInARowAndPauseLongerForEach() {
        ChildState state = new Due(BEGIN.instant());
        for (int failures = 1; failures < 4; failures++) {
            state = state.launching(NOW).next().launched(RUN).next();
            state = state.ended(END, Duration::ofMinutes, NOW).next();

            assertThat(state).isEqualTo(new BackingOff(failures, NOW.plus(Duration.ofMinutes(failures)), END));
        }
    }

    @Test
    void shouldCallTheEndOfAProgramThatServedForLongAFirstFailure() {
        ChildState serving = new Serving(5, BEGIN, RUN, BEGIN.instant());

        assertThat(serving.ended(END, Duration::ofMinutes, BEGIN.plus(ChildState.HEALTHY))
                        .next())
                .isInstanceOfSatisfying(
                        BackingOff.class, it -> assertThat(it.failures()).isEqualTo(6));
        assertThat(serving.ended(END, Duration::ofMinutes, BEGIN.plus(ChildState.HEALTHY.plusNanos(1)))
                        .next())
                .isInstanceOfSatisfying(
                        BackingOff.class, it -> assertThat(it.failures()).isOne());
    }

    @Test
    void shouldForgetFailuresWhenItIsToldSomethingElse() {
        assertThat(new Launching(3, BEGIN).replace(NOW).next()).isEqualTo(new Launching(0, BEGIN));
        assertThat(new Launching(0, BEGIN).replace(NOW).next()).isEqualTo(new Launching(0, BEGIN));
        assertThat(new BackingOff(3, NOW, END)
                        .replace(NOW)
                        .next()
                        .launching(NOW)
                        .next())
                .isEqualTo(new Launching(0, NOW));
    }

    @Test
    void shouldEndOnlyWhatWasNotReplaced() {
        ChildState replacing =
                new Serving(0, BEGIN, RUN, BEGIN.instant()).replace(NOW).next();

        assertThat(replacing.stop()).isEqualTo(Step.to(new Ending(null)));
        assertThat(replacing.stop().next().close()).isEqualTo(Step.to(new Closed()));
        assertThat(new Launching(0, BEGIN).stop()).isEqualTo(Step.to(new Ending(null)));
    }

    @Test
    void shouldSayWhenItMayBeLaunched() {
        assertThat(new Due(NOW.instant()).nanosToLaunch(NOW)).hasValue(0);
        assertThat(new BackingOff(1, NOW, END).nanosToLaunch(BEGIN)).hasValue(3_000_000_000L);
        assertThat(new BackingOff(1, BEGIN, END).nanosToLaunch(NOW)).hasValue(-3_000_000_000L);
        assertThat(new Closed().nanosToLaunch(NOW)).as("nothing waits for it").hasValue(0);
        for (String other : List.of("Off", "Launching", "Launched", "Serving", "Ending", "Restarting")) {
            assertThat(requireNonNull(STATES.get(other)).nanosToLaunch(NOW))
                    .as(other)
                    .isEmpty();
        }
    }

    @Test
    void shouldHaveAWordForEachState() {
        assertThat(STATES.values().stream().map(ChildState::name).distinct())
                .containsExactlyInAnyOrder("Stopped", "Starting", "Serving", "BackingOff")
                .allMatch(UpstreamCondition.NAMES::contains);
        assertThat(new BackingOff(1, NOW, END).reason()).isEqualTo(END.why());
        assertThat(new Closed().reason()).isEqualTo("its route is stopped");
        assertThat(new Due(NOW.instant()).reason()).isEmpty();
    }
}
