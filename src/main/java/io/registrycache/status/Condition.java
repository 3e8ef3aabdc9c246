package io.registrycache.status;

import io.registrycache.process.ChildState;
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

    static Condition of(ChildState state) {
        if (state instanceof ChildState.PullThrough it) {
            return new Condition(
                    "ok", "Serving, and pulling through", null, it.since().toString(), null);
        }
        if (state instanceof ChildState.Starting it) {
            return new Condition(
                    "starting", "Starting its registry", null, it.since().toString(), null);
        }
        if (state instanceof ChildState.Offline it) {
            return new Condition(
                    "offline",
                    "Upstream is down; what is cached is served",
                    shortened(it.why()),
                    it.since().toString(),
                    null);
        }
        if (state instanceof ChildState.BackingOff it) {
            return new Condition(
                    "failing",
                    "Its registry does not start; attempt " + it.attempt(),
                    shortened(it.why()),
                    null,
                    it.until().toString());
        }
        return new Condition("stopped", "Stopped, as its route is", null, null, null);
    }

    private static String shortened(String why) {
        String text = why.strip();
        return text.length() > LONGEST_REASON ? text.substring(0, LONGEST_REASON) + "…" : text;
    }
}
