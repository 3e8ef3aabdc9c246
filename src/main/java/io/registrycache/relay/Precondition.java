package io.registrycache.relay;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;

/**
 * The conditions of a request on stored content, whose entity tag is its digest; RFC 9110, 13.
 *
 * @param isFailed whether the content is not the one that the client demands
 * @param isUnchanged whether the client has it
 */
record Precondition(HttpHeaders asked, boolean isFailed, boolean isUnchanged, boolean hasOldRange) {

    static Precondition of(HttpHeaders asked, String digest) {
        String tag = '"' + digest + '"';
        List<String> match = asked.getAll(HttpHeaderNames.IF_MATCH);
        List<String> noneMatch = asked.getAll(HttpHeaderNames.IF_NONE_MATCH);
        String ifRange = asked.get(HttpHeaderNames.IF_RANGE, tag);
        return new Precondition(
                asked, !match.isEmpty() && !names(match, tag), names(noneMatch, tag), !ifRange.equals(tag));
    }

    /** The range to answer with: everything, if the client's range is of something else. */
    ByteRange range(long size) {
        return hasOldRange ? new ByteRange(0, size, size, true) : ByteRange.of(asked, size);
    }

    private static boolean names(List<String> headers, String tag) {
        for (String header : headers) {
            for (String each : header.split(",")) {
                String named = each.strip();
                if (named.equals("*") || named.equals(tag) || named.equals("W/" + tag)) {
                    return true;
                }
            }
        }
        return false;
    }
}
