package io.registrycache.relay;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.registrycache.relay.ClientState.Action;
import io.registrycache.relay.ClientState.Answered;
import io.registrycache.relay.ClientState.Asking;
import io.registrycache.relay.ClientState.Closing;
import io.registrycache.relay.ClientState.Due;
import io.registrycache.relay.ClientState.Idle;
import io.registrycache.relay.ClientState.Relaying;
import io.registrycache.relay.ClientState.Step;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.camel.component.netty.DefaultNettyCamelStateCorrelationManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientStateTest {

    private static final HttpRequest REQUEST = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/a");
    private static final HttpRequest OTHER = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/b");
    private static final ChildConnection CHILD = new ChildConnection(new DefaultNettyCamelStateCorrelationManager());
    private static final ChildConnection LATE = new ChildConnection(new DefaultNettyCamelStateCorrelationManager());

    private static final Map<String, ClientState> STATES = Map.of(
            "Idle",
            new Idle(),
            "Due",
            new Due(),
            "Asking",
            new Asking(REQUEST, CHILD),
            "Relaying",
            new Relaying(REQUEST, CHILD),
            "Answered",
            new Answered(REQUEST),
            "Closing",
            new Closing());

    private static final Map<String, Function<ClientState, Step>> EVENTS = Map.ofEntries(
            Map.entry("received", state -> state.received(OTHER)),
            Map.entry("turn", state -> state.turn(OTHER)),
            Map.entry("refused", ClientState::refused),
            Map.entry("attached", state -> state.attached(LATE)),
            Map.entry("fromChild", state -> state.fromChild(CHILD)),
            Map.entry("fromLateChild", state -> state.fromChild(LATE)),
            Map.entry("answers", state -> state.answers(REQUEST)),
            Map.entry("answersLate", state -> state.answers(OTHER)),
            Map.entry("written", state -> state.written(false, false)),
            Map.entry("writtenNext", state -> state.written(false, true)),
            Map.entry("writtenLast", state -> state.written(true, true)),
            Map.entry("cut", state -> state.cut(CHILD)),
            Map.entry("cutLate", state -> state.cut(LATE)),
            Map.entry("unused", ClientState::unused),
            Map.entry("left", ClientState::left));

    /** Behind a slash is what to do; a dash stands for the same state: a late or repeated event. */
    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
                    event,         Idle,          Due,           Asking,         Relaying,      Answered,      Closing
                    received,      Asking/ASK,    -/QUEUE,       -/QUEUE,        -/QUEUE,       -/QUEUE,       -/DISCARD
                    turn,          -,             Asking/ASK,    -,              -,             -,             -
                    refused,       -/DISCARD,     -/DISCARD,     Closing/WRITE,  -/DISCARD,     -/DISCARD,     -/DISCARD
                    attached,      -/DISCARD,     -/DISCARD,     Asking,         -/DISCARD,     -/DISCARD,     -/DISCARD
                    fromChild,     -/DISCARD,     -/DISCARD,     Relaying/WRITE, -/WRITE,       -/DISCARD,     -/DISCARD
                    fromLateChild, -/DISCARD,     -/DISCARD,     -/DISCARD,      -/DISCARD,     -/DISCARD,     -/DISCARD
                    answers,       -/DISCARD,     -/DISCARD,     Answered/WRITE, Closing/CLOSE, -/DISCARD,     -/DISCARD
                    answersLate,   -/DISCARD,     -/DISCARD,     -/DISCARD,      -/DISCARD,     -/DISCARD,     -/DISCARD
                    written,       -,             -,             -,              Idle,          Idle,          -
                    writtenNext,   -,             -,             -,              Due/ASK_NEXT,  Due/ASK_NEXT,  -
                    writtenLast,   -,             -,             -,              Closing/CLOSE, Closing/CLOSE, -
                    cut,           -,             -,             -,              Closing/CLOSE, -,             -
                    cutLate,       -,             -,             -,              -,             -,             -
                    unused,        Closing/CLOSE, -,             -,              -,             -,             -
                    left,          Closing/CLOSE, Closing/CLOSE, Closing/CLOSE,  Closing/CLOSE, Closing/CLOSE, -
                    """)
    void shouldFollowEachEvent(
            String event, String idle, String due, String asking, String relaying, String answered, String closing) {
        Map<String, String> expected = Map.of(
                "Idle",
                idle,
                "Due",
                due,
                "Asking",
                asking,
                "Relaying",
                relaying,
                "Answered",
                answered,
                "Closing",
                closing);
        expected.forEach((from, outcome) -> {
            ClientState before = requireNonNull(STATES.get(from));

            Step step = requireNonNull(EVENTS.get(event)).apply(before);

            String next = step.next() == before ? "-" : step.next().getClass().getSimpleName();
            String action = step.action() == Action.NOTHING ? "" : "/" + step.action();
            assertThat(next + action).as("%s in %s", event, from).isEqualTo(outcome);
        });
    }

    @Test
    void shouldKnowWhichRequestIsOpenAndWhichChildWorksForIt() {
        ClientState asking = new Idle().received(REQUEST).next();
        assertThat(asking).isEqualTo(new Asking(REQUEST, null));
        assertThat(asking.attached(LATE).next().attached(CHILD).next()).isEqualTo(new Asking(REQUEST, CHILD));
        assertThat(asking.attached(CHILD).next().fromChild(CHILD).next()).isEqualTo(new Relaying(REQUEST, CHILD));
        assertThat(asking.answers(REQUEST).next()).isEqualTo(new Answered(REQUEST));
        assertThat(new Due().turn(OTHER).next()).isEqualTo(new Asking(OTHER, null));
        for (String none : List.of("Idle", "Due", "Closing")) {
            assertThat(requireNonNull(STATES.get(none)).request()).isNull();
            assertThat(requireNonNull(STATES.get(none)).child()).isNull();
        }
    }

    @Test
    void shouldReadAChildOnlyWhileItRelays() {
        assertThat(new Relaying(REQUEST, CHILD).source()).isSameAs(CHILD);
        assertThat(new Asking(REQUEST, CHILD).source()).isNull();
        assertThat(new Answered(REQUEST).source()).isNull();
    }
}
