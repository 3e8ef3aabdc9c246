package io.registrycache.relay;

import io.netty.handler.codec.http.HttpHeaders;
import java.io.Serial;
import java.util.List;
import org.apache.camel.util.CaseInsensitiveMap;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a message in the routes: those that a route set, which go into the answer, and behind them those of
 * the client's request. The latter can be read by name only: code that lists or copies headers does not see them, so
 * none of them goes out by accident. No header is converted before it is read.
 */
final class PullHeaders extends CaseInsensitiveMap {

    @Serial
    private static final long serialVersionUID = 1L;

    private static final String OF_CAMEL = "Camel";

    private final transient HttpHeaders asked;

    PullHeaders(HttpHeaders asked) {
        this.asked = asked;
    }

    @Override
    public @Nullable Object get(Object name) {
        Object set = super.get(name);
        return set != null ? set : asked(name.toString());
    }

    @Override
    public boolean containsKey(Object name) {
        return get(name) != null;
    }

    /** Camel looks nothing up in an empty map; how many headers are set is the size. */
    @Override
    public boolean isEmpty() {
        return size() == 0 && asked.isEmpty();
    }

    private @Nullable String asked(String name) {
        if (isOfCamel(name) || !asked.contains(name)) {
            return null;
        }
        List<String> values = asked.getAll(name);
        // RFC 9110, 5.3; a filter must not see the first alone.
        return values.size() == 1 ? values.get(0) : String.join(", ", values);
    }

    /** Whether it steers Camel's components, so that a client must not set it, and is not to be told of it. */
    static boolean isOfCamel(String name) {
        return name.regionMatches(true, 0, OF_CAMEL, 0, OF_CAMEL.length());
    }
}
