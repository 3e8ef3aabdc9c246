package io.registrycache.config;

import java.time.Duration;
import java.util.List;

/**
 * How often an upstream is asked for the digest of a stored tag.
 *
 * @param fresh for so long it is not asked again; each time if zero
 * @param immutable tags for which it is never asked again
 */
public record TagChecks(Duration fresh, List<ImagePattern> immutable) {

    /** Asks each time. */
    public static final TagChecks ALWAYS = new TagChecks(Duration.ZERO, List.of());

    public TagChecks {
        immutable = List.copyOf(immutable);
    }

    /**
     * Reads the text of a user; a blank text means that nothing is set.
     *
     * @param place where it was written, for messages, such as {@code CONFIG[2]}
     */
    public static TagChecks of(String place, String fresh, List<String> immutable) {
        return new TagChecks(
                fresh.isBlank() || fresh.strip().equals("0") ? Duration.ZERO : Keep.parse(place + ".fresh", fresh),
                immutable.stream()
                        .map(text -> ImagePattern.parse(place + ".immutable", text))
                        .toList());
    }

    /** Whether a tag never means something else. */
    public boolean isImmutable(String repository, String tag) {
        return immutable.stream().anyMatch(pattern -> pattern.matches(repository, tag));
    }
}
