package io.registrycache.upstream;

import io.netty.handler.codec.http.HttpMethod;
import io.registrycache.request.Operation;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether one upstream answers HEAD, as it must: simple registries and static hosts may not, for blobs or for manifests,
 * and some redirect to an address that is valid for GET only.
 *
 * <pre>
 *             200
 * Unknown ─────────► Answered        Unknown: a refusal may be one of HEAD, and GET tells.
 *   │  ▲                │  ▲         Answered: a refusal is one of the content.
 *   │  └─ 10 min ───┐   │  │
 *   └── 405, 501, ─►Refused│         Refused: GET is asked in place of HEAD.
 *       GET is 200    └────┘ 200
 * </pre>
 */
final class Heads {

    private static final Logger LOG = LoggerFactory.getLogger(Heads.class);
    /** An upstream that is mended is asked with HEAD again, which costs it less. */
    private static final Duration TRY_AGAIN = Duration.ofMinutes(10);

    private static final Set<Integer> NOT_ALLOWED = Set.of(405, 501);
    private static final Set<Integer> AMBIGUOUS = Set.of(400, 403, 404);

    private sealed interface State {}

    private record Answered() implements State {}

    /** With the time from when on HEAD is tried again. */
    private record Refused(long until) implements State {}

    private final String upstream;
    private final LongSupplier clock;
    private final Map<Operation, State> states = new ConcurrentHashMap<>();

    /**
     * Nothing is known.
     *
     * @param clock in nanoseconds
     */
    Heads(String upstream, LongSupplier clock) {
        this.upstream = upstream;
        this.clock = clock;
    }

    /** The upstream responded. */
    void seen(HttpMethod method, Operation operation, int status) {
        if (!method.equals(HttpMethod.HEAD)) {
            return;
        }
        if (status == 200) {
            states.put(operation, new Answered());
        } else if (NOT_ALLOWED.contains(status)) {
            refused(operation);
        }
    }

    /** HEAD was refused, and GET was not. */
    void refused(Operation operation) {
        State before = states.put(operation, new Refused(clock.getAsLong() + TRY_AGAIN.toNanos()));
        if (!(before instanceof Refused)) {
            LOG.info("upstream={} refuses HEAD for a {}, is asked with GET", upstream, operation.routeName());
        }
    }

    /** Whether GET is to be asked at once. */
    boolean areRefused(Operation operation) {
        return states.get(operation) instanceof Refused refused && clock.getAsLong() - refused.until() < 0;
    }

    /** Whether GET may be answered although HEAD was not. */
    boolean isDoubtful(Operation operation, Answer answer) {
        return answer instanceof Answer.Refused refused
                && (areRefused(operation)
                        || (!(states.get(operation) instanceof Answered)
                                && AMBIGUOUS.contains(refused.error().status())));
    }
}
