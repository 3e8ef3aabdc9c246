package io.registrycache.upstream;

import io.netty.handler.codec.http.HttpHeaders;
import io.registrycache.log.LastingState;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many more requests an upstream allows, as its answers say: {@code RateLimit-Remaining: 76;w=21600} of Docker Hub,
 * and the like.
 */
public final class RateLimit {

    /**
     * The limit in an answer.
     *
     * @param limit requests in a window of time
     * @param remaining of them
     */
    public record Said(long limit, long remaining, Instant at) {
        boolean isLow() {
            return remaining * 10 < limit;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(RateLimit.class);
    private static final Pattern COUNT = Pattern.compile("([0-9]{1,12})(?:[;,].*)?");

    private final LastingState low;
    private final MeteredRequests metered = new MeteredRequests();
    private volatile @Nullable Said last;

    public RateLimit(String upstream) {
        this.low = new LastingState(
                LOG, "upstream=" + upstream + " rate_limit=low", "upstream=" + upstream + " rate_limit=sufficient");
    }

    /** The requests that count against it. */
    public MeteredRequests metered() {
        return metered;
    }

    /** The limit in the last answer that had one. */
    public Optional<Said> said() {
        return Optional.ofNullable(last);
    }

    /** An answer has come. */
    void seen(HttpHeaders headers) {
        OptionalLong remaining = count(headers, "remaining");
        OptionalLong limit = count(headers, "limit");
        if (remaining.isPresent() && limit.isPresent()) {
            become(new Said(limit.getAsLong(), remaining.getAsLong(), Instant.now()));
        }
    }

    private synchronized void become(Said said) {
        last = said;
        if (said.isLow()) {
            low.holds(said.remaining + " of " + said.limit + " requests remain; then it refuses");
        } else {
            low.isOver();
        }
    }

    private static OptionalLong count(HttpHeaders headers, String what) {
        String text = headers.get("RateLimit-" + what, headers.get("X-RateLimit-" + what, ""));
        Matcher matcher = COUNT.matcher(text.strip());
        return matcher.matches() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
    }
}
