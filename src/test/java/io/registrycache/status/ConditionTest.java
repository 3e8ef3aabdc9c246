package io.registrycache.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.registrycache.process.ChildState;
import io.registrycache.process.ChildStates;
import io.registrycache.process.UpstreamCondition;
import io.registrycache.upstream.Reachability;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ConditionTest {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    private static Condition of(ChildState child) {
        return Condition.of(new UpstreamCondition(child, new Reachability.Reachable(NOON)));
    }

    @Test
    void shouldHaveAWordForEachState() {
        Set<String> words = Set.of(
                        ChildStates.serving(NOON),
                        ChildStates.starting(NOON),
                        ChildStates.backingOff(NOON, "why"),
                        ChildStates.stopped())
                .stream()
                .map(state -> of(state).condition())
                .collect(Collectors.toSet());

        assertThat(words).containsExactlyInAnyOrder("ok", "starting", "failing", "stopped");
    }

    @Test
    void shouldSayWhyAChildFailsAndWhenItIsTriedNext() {
        Condition condition = of(ChildStates.backingOff(NOON, "  the disk is read-only\n"));

        assertThat(condition.reason()).isEqualTo("the disk is read-only");
        assertThat(condition.next()).isEqualTo("2026-03-01T12:00:00Z");
    }

    /** A child can print megabytes before it ends. */
    @Test
    void shouldShortenALongReason() {
        assertThat(of(ChildStates.backingOff(NOON, "x".repeat(100_000))).reason())
                .hasSize(401)
                .endsWith("…");
    }

    @Test
    void shouldHaveNoReasonWhileItServes() {
        assertThat(of(ChildStates.serving(NOON)).reason()).isNull();
    }
}
