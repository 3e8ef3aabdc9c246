package io.registrycache.fetch;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The head of an upstream's response with bytes of a layer, which may be hostile. */
sealed interface LayerHead {

    /** The upstream sends something else than a layer, or does not say how much of one; the message says what. */
    final class Malformed extends Exception {
        Malformed(String why) {
            super(why);
        }
    }

    /**
     * All of the layer.
     *
     * @param length of the layer, in bytes
     * @param hasRanges whether the upstream says that it sends parts, too
     */
    record Whole(long length, boolean hasRanges) implements LayerHead {}

    /**
     * A part of the layer.
     *
     * @param from its first byte
     * @param behind the byte behind its last one
     * @param total the length of the layer
     */
    record Partial(long from, long behind, long total) implements LayerHead {

        private static final Pattern CONTENT_RANGE = Pattern.compile("bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})");

        private static Partial of(HttpHeaders headers, long length) throws Malformed {
            Matcher range = CONTENT_RANGE.matcher(headers.get(HttpHeaderNames.CONTENT_RANGE, ""));
            if (!range.matches()) {
                throw new Malformed("sends a part of a layer that was not requested");
            }
            long from = Long.parseLong(range.group(1));
            long behind = Long.parseLong(range.group(2)) + 1;
            long total = Long.parseLong(range.group(3));
            if (behind > total || behind - from != length) {
                throw new Malformed("sends another part of a layer than the one that was requested");
            }
            return new Partial(from, behind, total);
        }
    }

    /** Reads the head of a response with status 200 or 206. */
    static LayerHead of(HttpResponse head) throws Malformed {
        HttpHeaders headers = head.headers();
        if (!headers.get(HttpHeaderNames.CONTENT_ENCODING, "identity").equals("identity")) {
            throw new Malformed("sends a layer in an encoding that was not requested");
        }
        if (headers.get(HttpHeaderNames.CONTENT_TYPE, "").startsWith("text/html")) {
            throw new Malformed("answers with a page in place of a layer; is there a login page in between?");
        }
        String length = headers.get(HttpHeaderNames.CONTENT_LENGTH, "");
        if (!length.matches("[0-9]{1,18}")) {
            throw new Malformed("sends a layer without its length");
        }
        return head.status().code() == 206
                ? Partial.of(headers, Long.parseLong(length))
                : new Whole(
                        Long.parseLong(length),
                        headers.get(HttpHeaderNames.ACCEPT_RANGES, "").contains("bytes"));
    }
}
