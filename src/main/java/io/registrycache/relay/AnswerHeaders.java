package io.registrycache.relay;

import io.netty.handler.codec.http.HttpHeaderValidationUtil;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the headers that routes set into answers; see docs/routes.md. */
final class AnswerHeaders {

    private static final Logger LOG = LoggerFactory.getLogger(AnswerHeaders.class);
    /** A name can be made of a client's text. */
    private static final int MOST_WARNINGS = 100;

    private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();

    private AnswerHeaders() {}

    /** To the head of content, whose own headers stay; routes say nothing about content that they have not made. */
    static void add(Exchange exchange, HttpHeaders head) {
        Map<String, Object> set = exchange.getMessage().getHeaders();
        // Also a map that is not empty can have none that are set.
        if (set.size() > 0) {
            set.forEach((name, value) -> {
                if (!isReserved(name) && !isOfContent(name) && !head.contains(name)) {
                    write(name, value, head);
                }
            });
        }
    }

    /** To an answer that was made in a route, in place of those that it has. */
    static void set(Map<String, Object> set, HttpHeaders head) {
        set.forEach((name, value) -> {
            if (!isReserved(name)) {
                head.remove(name);
                write(name, value, head);
            }
        });
    }

    private static boolean isReserved(String name) {
        return PullHeaders.isOfCamel(name) || Headers.framesAMessage(name);
    }

    private static boolean isOfContent(String name) {
        return name.regionMatches(true, 0, "Content-", 0, "Content-".length());
    }

    private static void write(String name, @Nullable Object value, HttpHeaders head) {
        if (value instanceof Iterable<?> values) {
            values.forEach(each -> write(name, each, head));
        } else if (value != null) {
            write(name, value.toString(), head);
        }
    }

    private static void write(String name, String text, HttpHeaders head) {
        // The heads of content do not check added headers.
        if (!name.isEmpty()
                && HttpHeaderValidationUtil.validateToken(name) < 0
                && HttpHeaderValidationUtil.validateValidHeaderValue(text) < 0) {
            head.add(name, text);
        } else if (WARNED.size() < MOST_WARNINGS && WARNED.add(name)) {
            LOG.warn(
                    "a route sets a header that cannot be sent, name or value: {}", name.replaceAll("\\p{Cntrl}", "?"));
        }
    }
}
