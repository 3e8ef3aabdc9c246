package io.registrycache.fuzz;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * What is sent over one connection, a byte for each character.
 *
 * @param number with the seed, brings it forth again
 */
public record Attempt(Kind kind, int number, String text) {

    /** What is the matter with it. */
    public enum Kind {
        VALID,
        MUTATED,
        NOISE,
        TRAVERSAL,
        SMUGGLING,
        LONG,
        PIPELINE
    }

    /** Behind everything comes one that is in order, and the last; so whoever understands it closes. */
    static final String LAST = "GET /v2/ HTTP/1.1\r\nHost: last\r\nConnection: close\r\n\r\n";

    public byte[] bytes() {
        return (text + LAST).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** With every percent-encoding undone that can be. */
    public String decoded() {
        try {
            return URLDecoder.decode(text.replaceAll("%(?![0-9a-fA-F]{2})", "%25"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    @Override
    public String toString() {
        String shown = text.length() > 300 ? text.substring(0, 300) + "…" : text;
        return kind.name().toLowerCase(Locale.ROOT) + " " + number + ": "
                + shown.replace("\r", "\\r").replace("\n", "\\n").replaceAll("[^\\x20-\\x7e]", "?");
    }
}
