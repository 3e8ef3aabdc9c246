package io.registrycache.config;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How long content stays that is not used. */
final class Keep {

    /** A number of days, hours, minutes or seconds; as Go writes it, several of them. */
    private static final Pattern TERM = Pattern.compile("([0-9]{1,9})(d|h|m|s)");

    /** Longer than any content will be here. */
    static final Duration FOREVER = Duration.ofDays(1_000_000);

    private Keep() {}

    /**
     * Reads a time such as {@code 30d} or {@code 168h}; zero means for ever.
     *
     * @param place where it is written, for the message
     */
    static Duration parse(String place, String text) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        if (lower.equals("0")) {
            return FOREVER;
        }
        Duration sum = Duration.ZERO;
        Matcher term = TERM.matcher(lower);
        int at = 0;
        while (term.find() && term.start() == at) {
            sum = sum.plus(unit(term.group(2)).multipliedBy(Long.parseLong(term.group(1))));
            at = term.end();
        }
        if (lower.isEmpty() || at < lower.length()) {
            throw new ConfigException(
                    place, "\"" + text + "\" is not a time; give one such as 30d or 12h, or 0 for no limit");
        }
        return sum.isZero() ? FOREVER : sum;
    }

    private static Duration unit(String letter) {
        return switch (letter) {
            case "d" -> Duration.ofDays(1);
            case "h" -> Duration.ofHours(1);
            case "m" -> Duration.ofMinutes(1);
            default -> Duration.ofSeconds(1);
        };
    }
}
