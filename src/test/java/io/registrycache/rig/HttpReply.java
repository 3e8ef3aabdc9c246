package io.registrycache.rig;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * An answer as it came over the wire.
 *
 * @param headers the header lines as sent, in their order
 * @param body without chunks' framing; empty when only the head was read
 */
// Replies are not compared, and a body need not be text.
@SuppressWarnings("ArrayRecordComponent")
public record HttpReply(String statusLine, List<String> headers, byte[] body) {

    public int status() {
        return Integer.parseInt(statusLine.split(" ")[1]);
    }

    /** The value of the first header of this name. */
    public Optional<String> header(String name) {
        return headers(name).stream().findFirst();
    }

    /** The values of all headers of this name. */
    public List<String> headers(String name) {
        String start = name + ":";
        return headers.stream()
                .filter(line -> line.regionMatches(true, 0, start, 0, start.length()))
                .map(line -> line.substring(start.length()).strip())
                .toList();
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** Whether a body follows such a head, unless the request was a HEAD. */
    boolean hasBody() {
        return status() >= 200 && status() != 204 && status() != 304;
    }

    HttpReply withBody(byte[] read) {
        return new HttpReply(statusLine, headers, read);
    }
}
