package io.registrycache.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

/** What a route sees of a client's headers, and what goes out of those that it sets. */
class PullHeadersTest {

    private final HttpHeaders asked = new DefaultHttpHeaders()
            .add("X-Team", "red")
            .add("X-Many", "1")
            .add("x-many", "2")
            .add("Authorization", "Basic c2VjcmV0")
            .add("cAmelHttpResponseCode", "500")
            .add("Link", "<x>");
    private final Exchange exchange = new DefaultExchange(new DefaultCamelContext());
    private final PullMessage message = new PullMessage(exchange.getContext(), asked);

    private HttpHeaders sent() {
        HttpHeaders head = new DefaultHttpHeaders(false).add("ETag", "theirs");
        AnswerHeaders.add(exchange, head);
        return head.remove("ETag");
    }

    PullHeadersTest() {
        exchange.setMessage(message);
    }

    @Test
    void shouldReadByName() {
        assertThat(message.getHeader("x-TEAM")).isEqualTo("red");
        assertThat(message.getHeader("X-Many", String.class)).isEqualTo("1, 2");
        assertThat(message.getHeader("X-None", "other")).isEqualTo("other");
        assertThat(message.getHeaders()).containsKey("x-team").doesNotContainKey("X-None");
        assertThat(message.getHeader("CamelHttpResponseCode")).isNull();
    }

    @Test
    void shouldHideFromAllThatListsOrCopies() {
        assertThat(message.getHeaders().keySet()).isEmpty();
        assertThat(Map.copyOf(message.getHeaders())).isEmpty();
        exchange.getContext().getTypeConverter();
        PullMessage copy = new PullMessage(exchange.getContext(), asked);
        copy.copyFrom(message);
        exchange.setMessage(copy);

        assertThat(sent()).isEmpty();
        assertThat(exchange.getMessage().getHeader("X-Team")).isEqualTo("red");
        assertThat(message.removeHeader("Link")).isNull();
    }

    @Test
    void shouldSendHeadersThatARouteSets() {
        message.setHeader("X-Team", "blue");
        message.setHeader("X-List", List.of("1", 2));
        message.setHeader("X-Null", null);

        assertThat(message.getHeader("X-Team")).isEqualTo("blue");
        assertThat(sent().entries())
                .extracting(Map.Entry::toString)
                .containsExactly("X-List=1", "X-List=2", "X-Team=blue");
    }

    @Test
    void shouldKeepWhatIsNotARoutes() {
        for (String name : List.of(
                "etag", "Content-Length", "content-type", "Transfer-Encoding", "connection", "CamelX", "a b", "")) {
            message.setHeader(name, "mine");
        }
        message.setHeader("X-Split", "a\r\nX-Other: b");

        assertThat(sent()).isEmpty();
    }

    @Test
    void shouldLetAnAnswerOfARouteHaveAKind() {
        HttpHeaders head = new DefaultHttpHeaders().add("Content-Type", "application/json");
        message.setHeader("content-type", "text/plain");
        message.setHeader("Keep-Alive", "9");
        AnswerHeaders.set(message.getHeaders(), head);

        assertThat(head.entries()).extracting(Map.Entry::toString).containsExactly("content-type=text/plain");
    }
}
