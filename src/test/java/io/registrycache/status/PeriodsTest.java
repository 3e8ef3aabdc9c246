package io.registrycache.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class PeriodsTest {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    private final SetClock clock = new SetClock();
    private final Periods periods = new Periods(clock, Duration.ofMinutes(1), 3);

    /** A clock that stands still until the test sets it. */
    private static final class SetClock extends Clock {
        private Instant now = NOON;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }

    private void at(Duration afterNoon) {
        clock.now = NOON.plus(afterNoon);
    }

    private List<Long> hits() {
        return periods.all().stream().map(period -> period.sums().hits()).toList();
    }

    @Test
    void shouldAddUpByPeriodOldestFirst() {
        periods.add(Outcome.HIT, 1, 10);
        at(Duration.ofSeconds(59));
        periods.add(Outcome.HIT, 1, 10);
        at(Duration.ofSeconds(60));
        periods.add(Outcome.HIT, 1, 10);

        assertThat(hits()).containsExactly(0L, 2L, 1L);
        assertThat(periods.all())
                .extracting(Periods.Period::begin)
                .containsExactly(NOON.minusSeconds(60), NOON, NOON.plusSeconds(60));
    }

    @Test
    void shouldForgetRequestsThatAreOlderThanAllPeriods() {
        periods.add(Outcome.HIT, 1, 10);
        at(Duration.ofMinutes(2));
        assertThat(hits()).containsExactly(1L, 0L, 0L);
        at(Duration.ofMinutes(3));
        assertThat(hits()).containsExactly(0L, 0L, 0L);
    }

    @Test
    void shouldBeEmptyAfterALongSilence() {
        periods.add(Outcome.HIT, 1, 10);
        at(Duration.ofDays(400));
        assertThat(hits()).containsExactly(0L, 0L, 0L);
    }

    @Test
    void shouldCountInTheNewestPeriodWhileTheClockIsSetBack() {
        periods.add(Outcome.HIT, 1, 10);
        at(Duration.ofHours(-5));
        periods.add(Outcome.HIT, 1, 10);

        assertThat(hits()).containsExactly(0L, 0L, 2L);
        assertThat(periods.all().get(2).begin()).isEqualTo(NOON);
    }

    @Test
    void shouldRestoreOnlyPeriodsThatAreShown() {
        Sums sums = new Sums(7, 0, 0, 0, 0);
        periods.restore(List.of(
                new Periods.Period(NOON.minusSeconds(180), sums),
                new Periods.Period(NOON.minusSeconds(60), sums),
                new Periods.Period(NOON.plusSeconds(60), sums)));

        assertThat(hits()).containsExactly(0L, 7L, 0L);
    }
}
