package io.registrycache.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How much of one upstream is stored, and for how long.
 *
 * @param limit of its own, beside the one for all upstreams
 * @param keep how long unused content stays; for ever if empty
 * @param pins images that are never evicted, such as {@code library/postgres:16} or {@code my-org/*}
 */
public record Retention(Optional<Limit> limit, Optional<Duration> keep, List<ImagePattern> pins) {

    /** Nothing is said. */
    public static final Retention NONE = new Retention(Optional.empty(), Optional.empty(), List.of());

    /** The registry's own name for {@code keep}. */
    public static final String REGISTRY_TTL = "REGISTRY_PROXY_TTL";

    static final String KEEP = "CACHE_KEEP";

    public Retention {
        pins = List.copyOf(pins);
    }

    /**
     * Reads the text of a user; a blank text means that nothing is set.
     *
     * @param place where it was written, for messages, such as {@code CONFIG[2]}
     */
    public static Retention of(String place, String limit, String keep, List<String> pins) {
        return new Retention(
                limit.isBlank() ? Optional.empty() : Optional.of(Limit.parse(place + ".limit", limit)),
                keep.isBlank() ? Optional.empty() : Optional.of(Keep.parse(place + ".keep", keep)),
                pins.stream()
                        .map(pin -> ImagePattern.parse(place + ".pin", pin))
                        .toList());
    }

    /** How long unused content stays, by the environment where the upstream itself does not say it. */
    public Optional<Duration> keep(Map<String, String> environment) {
        return keep.or(() -> Stream.of(KEEP, REGISTRY_TTL)
                        .filter(variable ->
                                !environment.getOrDefault(variable, "").isBlank())
                        .findFirst()
                        .map(variable -> Keep.parse(variable, environment.getOrDefault(variable, ""))))
                .filter(it -> !it.equals(Keep.FOREVER));
    }
}
