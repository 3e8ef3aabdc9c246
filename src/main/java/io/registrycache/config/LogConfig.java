package io.registrycache.config;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The level and the format of the program's own log.
 *
 * @param level upper case, such as {@code INFO}
 * @param isJson whether a line is a JSON object
 */
public record LogConfig(String level, boolean isJson) {

    private static final List<String> LEVELS = List.of("ERROR", "WARN", "INFO", "DEBUG", "TRACE");

    /** For a command, whose own words are enough unless details were asked for. */
    public LogConfig forCommand() {
        return level.equals("DEBUG") || level.equals("TRACE") ? this : new LogConfig("ERROR", isJson);
    }

    static LogConfig of(Map<String, String> environment) {
        String level = environment.getOrDefault("LOG_LEVEL", "").strip();
        String format = environment.getOrDefault("LOG_FORMAT", "").strip();
        if (!level.isEmpty() && !LEVELS.contains(level.toUpperCase(Locale.ROOT))) {
            throw new ConfigException(
                    "LOG_LEVEL", "\"" + level + "\" is not a level; give error, warn, info, debug or trace");
        }
        return switch (format.toLowerCase(Locale.ROOT)) {
            case "", "text" -> new LogConfig(level.isEmpty() ? "INFO" : level.toUpperCase(Locale.ROOT), false);
            case "json" -> new LogConfig(level.isEmpty() ? "INFO" : level.toUpperCase(Locale.ROOT), true);
            default -> throw new ConfigException("LOG_FORMAT", "\"" + format + "\" is not a format; give text or json");
        };
    }
}
