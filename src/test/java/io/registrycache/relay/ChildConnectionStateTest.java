package io.registrycache.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.registrycache.relay.ChildConnectionState.Action;
import io.registrycache.relay.ChildConnectionState.Delivering;
import io.registrycache.relay.ChildConnectionState.Receiving;
import io.registrycache.relay.ChildConnectionState.Refused;
import io.registrycache.relay.ChildConnectionState.Request;
import io.registrycache.relay.ChildConnectionState.Step;
import io.registrycache.relay.ChildConnectionState.Waiting;
import io.registrycache.request.ChildRefusal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.camel.component.netty.NettyCamelState;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChildConnectionStateTest {

    private static final Request REQUEST = request();
    private static final Request OTHER = request();
    private static final Future<?> TIMER = new CompletableFuture<>();

    private static final Map<String, ChildConnectionState> STATES = Map.of(
            "Idle", new ChildConnectionState.Idle(),
            "Waiting", new Waiting(REQUEST, TIMER),
            "Refused", new Refused(REQUEST, 404, Unpooled.EMPTY_BUFFER),
            "Receiving", new Receiving(REQUEST),
            "Delivering", new Delivering(REQUEST));

    private static final Map<String, Function<ChildConnectionState, Step>> EVENTS = Map.ofEntries(
            Map.entry("sent", state -> state.sent(OTHER, TIMER)),
            Map.entry("unsent", state -> state.unsent(REQUEST)),
            Map.entry("unsentLate", state -> state.unsent(OTHER)),
            Map.entry("timedOut", state -> state.timedOut(REQUEST)),
            Map.entry("timedOutLate", state -> state.timedOut(OTHER)),
            Map.entry("head", state -> state.head(200)),
            Map.entry("headOfError", state -> state.head(404)),
            Map.entry("headOfRange", state -> state.head(416)),
            Map.entry("content", state -> state.content(content("some"))),
            Map.entry("lastContent", state -> state.content(last("rest"))),
            Map.entry("relayed", ChildConnectionState::relayed),
            Map.entry("abandoned", state -> state.abandoned(REQUEST.client())),
            Map.entry("abandonedLate", state -> state.abandoned(OTHER.client())),
            Map.entry("lost", ChildConnectionState::lost));

    private static Request request() {
        ClientConnection client = (ClientConnection) new ClientConnections(List.of()).newChannelHandler();
        return new Request(client, new NettyCamelState(doneSync -> {}, new DefaultExchange(new DefaultCamelContext())));
    }

    private static HttpContent content(String text) {
        return new DefaultHttpContent(Unpooled.copiedBuffer(text, UTF_8));
    }

    private static HttpContent last(String text) {
        return new DefaultLastHttpContent(Unpooled.copiedBuffer(text, UTF_8));
    }

    /** Behind slashes are the failure of the exchange and what to do; a dash stands for the same state. */
    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
                    event,         Idle,    Waiting,                   Refused,                Receiving,            Delivering
                    sent,          Waiting, -/CLOSE,                   -/CLOSE,                -/CLOSE,              -/CLOSE
                    unsent,        -,       Idle,                      -,                      -,                    -
                    unsentLate,    -,       -,                         -,                      -,                    -
                    timedOut,      -,       Idle/ChildUnanswered/CLOSE, -,                     -,                    -
                    timedOutLate,  -,       -,                         -,                      -,                    -
                    head,          -/CLOSE, Receiving/RELAY,           -/CLOSE,                -/CLOSE,              -/CLOSE
                    headOfError,   -/CLOSE, Refused,                   -/CLOSE,                -/CLOSE,              -/CLOSE
                    headOfRange,   -/CLOSE, Idle/RegistryException/CLOSE, -/CLOSE,             -/CLOSE,              -/CLOSE
                    content,       -/CLOSE, -/CLOSE,                   Refused,                -/RELAY,              -/CLOSE
                    lastContent,   -/CLOSE, -/CLOSE,                   Idle/ChildRefusal,      Delivering/RELAY,     -/CLOSE
                    relayed,       -,       -,                         -,                      -,                    Idle/COMPLETE
                    abandoned,     -,       Idle/TransferCut/CLOSE,    -/CLOSE,                -/CLOSE,              Idle/CLOSE/COMPLETE
                    abandonedLate, -,       -,                         -,                      -,                    -
                    lost,          -,       Idle/ChildUnanswered,      Idle/ChildUnanswered,   Idle/TransferCut/CUT, -/KEEP
                    """)
    void shouldFollowEachEvent(
            String event, String idle, String waiting, String refused, String receiving, String delivering) {
        Map<String, String> expected = Map.of(
                "Idle", idle, "Waiting", waiting, "Refused", refused, "Receiving", receiving, "Delivering", delivering);
        expected.forEach((from, outcome) -> {
            ChildConnectionState before = requireNonNull(STATES.get(from));

            Step step = requireNonNull(EVENTS.get(event)).apply(before);

            String next = step.next() == before ? "-" : step.next().getClass().getSimpleName();
            String failure = step.failure() == null
                    ? ""
                    : "/" + step.failure().getClass().getSimpleName();
            String actions = step.actions().stream()
                    .sorted()
                    .map(Action::name)
                    .map("/"::concat)
                    .collect(Collectors.joining());
            assertThat(next + failure + actions).as("%s in %s", event, from).isEqualTo(outcome);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404, 429, 500, 502, 503, 599})
    void shouldLeaveErrorsThatMayBeTheUpstreamsToTheRoutes(int status) {
        assertThat(new Waiting(REQUEST, TIMER).head(status).next()).isInstanceOf(Refused.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 206, 304, 307, 400, 405, 412})
    void shouldRelayOtherResponses(int status) {
        assertThat(new Waiting(REQUEST, TIMER).head(status).next()).isEqualTo(new Receiving(REQUEST));
    }

    @Test
    void shouldKeepTheBodyOfARefusalUpToItsBound() {
        ChildConnectionState state = new Waiting(REQUEST, TIMER).head(404).next();
        state = state.content(content("not ")).next();
        assertThat(state.content(last("here")).failure()).isInstanceOfSatisfying(ChildRefusal.class, refusal -> {
            assertThat(refusal.status()).isEqualTo(404);
            assertThat(new String(refusal.body(), UTF_8)).isEqualTo("not here");
        });

        for (int i = 0; i < 100; i++) {
            state = state.content(content("x".repeat(8 << 10))).next();
        }
        assertThat(((Refused) state).body().readableBytes())
                .isLessThan(ChildConnectionState.LARGEST_REFUSAL + (8 << 10));
    }
}
