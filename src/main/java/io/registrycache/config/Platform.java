package io.registrycache.config;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A platform that images are made for, such as {@code linux/arm64} or {@code linux/arm/v7}.
 *
 * @param variant may be empty, which means any
 */
public record Platform(String os, String architecture, String variant) {

    private static final Pattern FORM = Pattern.compile("([a-z0-9]{1,32})/([a-z0-9_]{1,32})(?:/([a-z0-9]{1,32}))?");

    /**
     * Reads {@code os/architecture} or {@code os/architecture/variant}.
     *
     * @param place where it is written, for the message
     */
    public static Platform parse(String place, String text) {
        Matcher matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new ConfigException(
                    place, "\"" + text + "\" is not a platform; give one such as linux/amd64 or linux/arm/v7");
        }
        return new Platform(matcher.group(1), matcher.group(2), matcher.group(3) == null ? "" : matcher.group(3));
    }

    /** The one that containers of this machine have. */
    public static Platform ofThisMachine() {
        String architecture = System.getProperty("os.arch", "");
        String name = Map.of("x86_64", "amd64", "aarch64", "arm64").getOrDefault(architecture, architecture);
        return new Platform("linux", name, "");
    }

    /** Whether this is another's, where an empty variant of this means any. */
    public boolean covers(Platform other) {
        return os.equals(other.os)
                && architecture.equals(other.architecture)
                && (variant.isEmpty() || variant.equals(other.variant));
    }

    @Override
    public String toString() {
        return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
    }
}
