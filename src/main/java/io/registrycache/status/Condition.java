package io.registrycache.status;

import io.registrycache.process.UpstreamCondition;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How an upstream is doing, for people.
 *
 * @param condition one of {@code ok}, {@code starting}, {@code offline}, {@code failing}, {@code stopped}
 * @param reason when it is not well
 * @param since as ISO 8601 has it, when that is known; {@code next} likewise, when it is tried again
 */
record Condition(
        String condition,
        String words,
        @Nullable String reason,
        @Nullable String since,
        @Nullable String next) {

    private static final int LONGEST_REASON = 400;

    static Condition of(UpstreamCondition upstream) {
        String since = upstream.since().map(Instant::toString).orElse(null);
        String next = upstream.next().map(Instant::toString).orElse(null);
        String why = upstream.why().isEmpty() ? null : shortened(upstream.why());
        return switch (upstream.name()) {
            case "Serving" -> new Condition("ok", "Serving, and pulling through", null, since, null);
            case "Unreachable" ->
                new Condition("offline", "Upstream is down; what is cached is served", why, since, next);
            case "Starting" -> new Condition("starting", "Starting its registry", null, since, null);
            case "BackingOff" -> new Condition("failing", "Its registry does not start", why, null, next);
            default -> new Condition("stopped", "Stopped, as its route is", null, null, null);
        };
    }

    private static String shortened(String why) {
        String text = why.strip();
        return text.length() > LONGEST_REASON ? text.substring(0, LONGEST_REASON) + "…" : text;
    }
}
