package io.registrycache.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.registrycache.config.Upstream;
import io.registrycache.config.Upstreams;
import io.registrycache.request.RegistryException;
import io.registrycache.request.RegistryRequest;
import io.registrycache.upstream.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamTagsTest {

    private static final String NEXT = "/v2/my/image/tags/list?n=2&last=b";

    private static UpstreamTags read(String body, String link) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return UpstreamTags.read(new Answer.Found("application/json", "", bytes.length, Optional.of(bytes), link));
    }

    private static boolean areAll(String link, String query) throws IOException, RegistryException {
        Upstreams upstreams = new Upstreams(List.of(Upstream.of("test", "ghcr.io", "", List.of(), Map.of())));
        RegistryRequest request = RegistryRequest.of("GET", "/v2/my/image/tags/list" + query, upstreams);
        return read("{\"tags\":[\"b\",\"a\"]}", link).areAll(request);
    }

    @Test
    void shouldReadListsOfSeveralKindsOfRegistry() throws IOException {
        assertThat(read("{\"name\":\"x\",\"tags\":[\"b\",\"a\"]}", "").names().all())
                .containsExactly("b", "a");
        assertThat(read("{\"manifest\":{\"sha256:1\":{\"tag\":[\"c\"]}},\"child\":[],\"tags\":[\"a\"]}", "")
                        .names()
                        .all())
                .containsExactly("a");
        assertThat(read("{\"name\":\"x\",\"tags\":null}", "").names().count()).isZero();
        assertThat(read("{\"name\":\"x\"}", "").names().count()).isZero();
        assertThat(read("{\"tags\":[\"a\"]}", NEXT).next()).isEqualTo("n=2&last=b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "null",
                "{",
                "{\"tags\":[\"a\"",
                "{\"tags\":[\"a\"]",
                "{\"tags\":[1]}",
                "{\"tags\":[[\"a\"]]}",
                "{\"tags\":\"a\"}",
                "{\"tags\":{}}",
                "<html>"
            })
    void shouldRefuseWhatIsNotAListOfTags(String body) {
        assertThatThrownBy(() -> read(body, "")).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "'', true",
        "?n=1, true",
        "?n=2, true",
        "?n=0, true",
        "?n=2&last=a, true",
        "?last=b, true",
        // This is the last page of an upstream with its own order.
        "?n=2&last=c, false",
        "?last=c, false",
        "?n=2&next_page=c, false"
    })
    void shouldKnowWhenAnUpstreamIgnoresThePage(String query, boolean areAll) throws Exception {
        assertThat(areAll("", query)).isEqualTo(areAll);
        assertThat(areAll(NEXT, query)).isFalse();
    }
}
