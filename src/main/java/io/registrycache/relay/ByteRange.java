package io.registrycache.relay;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The bytes that a request asks for; RFC 9110, 14.
 *
 * @param size of the whole
 * @param isWhole whether no part is asked for
 */
record ByteRange(long first, long length, long size, boolean isWhole) {

    /** Several ranges, or something that is not understood. */
    static final ByteRange UNSUPPORTED = new ByteRange(0, 0, -1, false);

    private static final Pattern SINGLE = Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})");

    static ByteRange of(HttpHeaders asked, long size) {
        String range = asked.get(HttpHeaderNames.RANGE);
        if (range == null || !isOfBytes(asked)) {
            return new ByteRange(0, size, size, true);
        }
        Matcher matcher = SINGLE.matcher(range);
        if (!matcher.matches() || asked.getAll(HttpHeaderNames.RANGE).size() > 1) {
            return UNSUPPORTED;
        }
        String from = matcher.group(1);
        String to = matcher.group(2);
        if (from.isEmpty()) {
            return to.isEmpty() ? UNSUPPORTED : last(Long.parseLong(to), size);
        }
        long first = Long.parseLong(from);
        long last = to.isEmpty() ? size - 1 : Math.min(Long.parseLong(to), size - 1);
        if (!to.isEmpty() && Long.parseLong(to) < first) {
            return UNSUPPORTED;
        }
        long length = Math.max(0, last - first + 1);
        return new ByteRange(length == 0 ? 0 : first, length, size, false);
    }

    /** Whether the unit is bytes, which is the only one. */
    static boolean isOfBytes(HttpHeaders asked) {
        for (String range : asked.getAll(HttpHeaderNames.RANGE)) {
            if (range.startsWith("bytes=")) {
                return true;
            }
        }
        return false;
    }

    private static ByteRange last(long count, long size) {
        long length = Math.min(count, size);
        return new ByteRange(size - length, length, size, false);
    }

    /** Behind the last byte. */
    long end() {
        return first + length;
    }

    boolean isBeyondTheEnd() {
        return length == 0 && size > 0;
    }

    /** As in {@code Content-Range}. */
    @Override
    public String toString() {
        return "bytes " + first + "-" + (first + length - 1) + "/" + size;
    }
}
