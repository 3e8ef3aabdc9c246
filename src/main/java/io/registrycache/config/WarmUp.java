package io.registrycache.config;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Images of one upstream that are pulled before a client asks for them.
 *
 * @param images by repository and tag or digest, such as {@code library/postgres:16}, without the upstream's name
 * @param platforms of which they are pulled
 * @param every how often
 */
public record WarmUp(List<String> images, List<Platform> platforms, Duration every) {

    /** Nothing is pulled. */
    public static final WarmUp NONE = new WarmUp(List.of(), List.of(), Duration.ofHours(1));

    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Pattern IMAGE = Pattern.compile("[a-z0-9]+(?:(?:\\.|_|__|-+|/)[a-z0-9]+)*"
            + "(?::[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(?:@sha256:[0-9a-f]{64})?");

    public WarmUp {
        images = List.copyOf(images);
        platforms = List.copyOf(platforms);
    }

    /**
     * Reads the text of a user; the defaults are the platform of this machine and an hour.
     *
     * @param place where it was written, for messages, such as {@code CONFIG[2]}
     */
    public static WarmUp of(String place, List<String> images, List<String> platforms, String every) {
        for (String image : images) {
            if (image.length() > 400 || !IMAGE.matcher(image).matches()) {
                throw new ConfigException(
                        place + ".images",
                        "\"" + image + "\" is not an image; give one such as library/postgres:16, without the"
                                + " upstream's name");
            }
        }
        return new WarmUp(
                images,
                platforms.isEmpty()
                        ? List.of(Platform.ofThisMachine())
                        : platforms.stream()
                                .map(text -> Platform.parse(place + ".platforms", text))
                                .toList(),
                every.isBlank() ? NONE.every : interval(place + ".every", every));
    }

    private static Duration interval(String place, String text) {
        Duration every = Keep.parse(place, text);
        if (every.compareTo(SHORTEST) < 0 || every.equals(Keep.FOREVER)) {
            throw new ConfigException(place, "\"" + text + "\" is too short; give 1m or more, such as 1h");
        }
        return every;
    }
}
