package io.registrycache.fuzz;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The bytes that are sent over one connection, one for each character.
 *
 * @param number with the seed, brings it forth again
 */
public record Attempt(Kind kind, int number, String text) {

    /** The kind of mistake in it. */
    public enum Kind {
        VALID,
        MUTATED,
        NOISE,
        TRAVERSAL,
        SMUGGLING,
        LONG,
        PIPELINE
    }

    /** Behind all comes a valid request, which is the last; so a server that understands it closes. */
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
