package io.registrycache.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.registrycache.config.Upstream;
import io.registrycache.config.Upstreams;
import io.registrycache.request.ChildRefusal;
import io.registrycache.request.RegistryRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TagListTest {

    private static final Upstreams UPSTREAMS =
            new Upstreams(List.of(Upstream.of("test", "ghcr.io", "", List.of(), Map.of())));
    private static final String FIVE = "{\"name\":\"a\",\"tags\":[\"v9\",\"v10\",\"latest\",\"1.0\",\"Z\"]}";

    private final Exchange exchange = new DefaultExchange(new DefaultCamelContext());

    private JsonNode ask(String query, int status, String answer) throws Exception {
        exchange.setVariable("request", RegistryRequest.of("GET", "/v2/ghcr.io/a/tags/list" + query, UPSTREAMS));
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        exchange.getMessage().setBody(answer.getBytes(StandardCharsets.UTF_8));
        new TagList().process(exchange);
        return new ObjectMapper().readTree(exchange.getMessage().getBody(byte[].class));
    }

    private List<String> tags(String query, String answer) throws Exception {
        List<String> tags = new ArrayList<>();
        ask(query, 200, answer).path("tags").forEach(tag -> tags.add(tag.asText()));
        return tags;
    }

    private Object link() {
        return exchange.getMessage().getHeader("Link");
    }

    @Test
    void shouldListTagsInOrderUnderTheNameThatTheClientTyped() throws Exception {
        assertThat(tags("", FIVE)).containsExactly("1.0", "Z", "latest", "v10", "v9");
        assertThat(ask("", 200, FIVE).path("name").asText()).isEqualTo("ghcr.io/a");
        assertThat(link()).isNull();
    }

    @Test
    void shouldLeadFromPageToPage() throws Exception {
        assertThat(tags("?n=2", FIVE)).containsExactly("1.0", "Z");
        assertThat(link()).isEqualTo("</v2/ghcr.io/a/tags/list?n=2&last=Z>; rel=\"next\"");
        exchange.getMessage().removeHeader("Link");
        assertThat(tags("?n=3&last=Z", FIVE)).containsExactly("latest", "v10", "v9");
        assertThat(link()).isNull();
    }

    @Test
    void shouldLeadOnWhereTheChildSaysThatThereIsMore() throws Exception {
        exchange.getMessage().setHeader("Link", "</v2/a/tags/list?n=5&last=v9>; rel=\"next\"");

        tags("?n=5", FIVE);

        assertThat(link()).isEqualTo("</v2/ghcr.io/a/tags/list?n=5&last=v9>; rel=\"next\"");
    }

    @Test
    void shouldKeepTheNamespaceOfTheRequestInALink() throws Exception {
        tags("?n=1&ns=ghcr.io", FIVE);

        assertThat(link()).asString().contains("ns=ghcr.io");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"tags\":null}", "{\"tags\":[]}", "{\"name\":\"evil\",\"other\":[1]}"})
    void shouldListNothingOfARepositoryWithoutTags(String answer) throws Exception {
        assertThat(tags("", answer)).isEmpty();
        assertThat(link()).isNull();
    }

    /** A tag is text for whoever shows it, so it must not end the header or the JSON. */
    @Test
    void shouldEscapeTagsThatCannotBe() throws Exception {
        String hostile = "a>; rel=\\\"next\\\", <http://evil.example/\\r\\nSet-Cookie: x=1";

        List<String> tags = tags("?n=1", "{\"tags\":[\"" + hostile + "\",\"b\"]}");

        assertThat(tags).hasSize(1);
        assertThat(link())
                .asString()
                .matches("</v2/ghcr\\.io/a/tags/list\\?n=1&last=[A-Za-z0-9%+.*_-]+>; rel=\"next\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>", "[]", "{\"tags\":{}}", "{\"tags\":[\"a\""})
    void shouldFailOnAnAnswerThatIsNotAList(String answer) {
        assertThatThrownBy(() -> tags("", answer)).isInstanceOf(JsonProcessingException.class);
    }

    @Test
    void shouldLeaveARefusalOfTheChildToTheRoutes() {
        assertThatThrownBy(() -> ask("", 404, "{\"errors\":[]}"))
                .isInstanceOfSatisfying(
                        ChildRefusal.class,
                        refusal -> assertThat(refusal.status()).isEqualTo(404));
    }
}
