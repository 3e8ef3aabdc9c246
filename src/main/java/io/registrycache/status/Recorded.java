package io.registrycache.status;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.time.Instant;
import java.util.List;

/**
 * The statistics that survive a restart. Times are ISO 8601.
 *
 * @param since when they began
 * @param hours of the last week in which there was traffic
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record Recorded(String since, Sums total, List<Hour> hours, List<Pulls> mostPulled) {

    record Hour(String hour, Sums sums) {

        Hour {
            requireNonNull(sums);
        }

        static Hour of(Periods.Period period) {
            return new Hour(period.begin().toString(), period.sums());
        }

        Periods.Period period() {
            return new Periods.Period(Instant.parse(hour), sums);
        }
    }

    record Pulls(String upstream, String repository, String reference, long count) {

        Pulls {
            requireNonNull(upstream);
            requireNonNull(repository);
            requireNonNull(reference);
        }

        static Pulls of(MostPulled.Pulls pulls) {
            Image image = pulls.image();
            return new Pulls(image.upstream(), image.repository(), image.reference(), pulls.count());
        }

        MostPulled.Pulls pulls() {
            return new MostPulled.Pulls(new Image(upstream, repository, reference), count);
        }
    }

    Recorded {
        requireNonNull(total);
        hours = List.copyOf(hours);
        mostPulled = List.copyOf(mostPulled);
    }
}
