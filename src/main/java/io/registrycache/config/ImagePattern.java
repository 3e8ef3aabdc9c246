package io.registrycache.config;

import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Images by repository and tag, in which {@code *} stands for any characters: {@code library/postgres:16},
 * {@code my-org/*} with all tags, {@code *:v*}.
 *
 * @param isForAll whether no tag is named, so that digests are meant, too
 */
public record ImagePattern(Pattern repository, Pattern tag, boolean isForAll) {

    private static final Pattern FORM =
            Pattern.compile("[a-z0-9*][a-z0-9._*/-]{0,254}(?::[A-Za-z0-9_*][A-Za-z0-9._*-]{0,127})?");

    /**
     * Reads a pattern.
     *
     * @param place where it is written, for the message
     */
    static ImagePattern parse(String place, String text) {
        if (!FORM.matcher(text).matches()) {
            throw new ConfigException(
                    place,
                    "\"" + text + "\" is not an image; give one such as library/postgres:16 or my-org/*,"
                            + " without the upstream's name");
        }
        int colon = text.indexOf(':');
        return colon < 0
                ? new ImagePattern(pattern(text), pattern("*"), true)
                : new ImagePattern(pattern(text.substring(0, colon)), pattern(text.substring(colon + 1)), false);
    }

    /** Patterns are equal if they match the same images. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ImagePattern it
                && repository.pattern().equals(it.repository.pattern())
                && tag.pattern().equals(it.tag.pattern())
                && isForAll == it.isForAll;
    }

    @Override
    public int hashCode() {
        return repository.pattern().hashCode() * 31 + tag.pattern().hashCode();
    }

    private static Pattern pattern(String text) {
        return Pattern.compile(
                Stream.of(text.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
    }

    public boolean isOf(String name) {
        return repository.matcher(name).matches();
    }

    public boolean matches(String name, String reference) {
        return isOf(name) && tag.matcher(reference).matches();
    }
}
