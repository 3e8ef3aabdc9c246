package io.registrycache.config;

import java.util.Locale;
import java.util.Optional;

/** How a line of the access log looks. */
public enum AccessLogFormat {
    /** Apache's combined format, then upstream, milliseconds and outcome. */
    COMBINED,
    JSON;

    /** Empty if there is not to be an access log. */
    static Optional<AccessLogFormat> of(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "", "off" -> Optional.empty();
            case "combined" -> Optional.of(COMBINED);
            case "json" -> Optional.of(JSON);
            default ->
                throw new ConfigException("ACCESS_LOG", "\"" + text + "\" is not a format; give off, combined or json");
        };
    }
}
