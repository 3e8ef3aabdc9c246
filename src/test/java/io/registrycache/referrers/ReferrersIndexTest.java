package io.registrycache.referrers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReferrersIndexTest {

    private static final String HEAD =
            "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[";
    private static final String A =
            "{\"mediaType\":\"m\",\"digest\":\"d:1\",\"size\":1,\"artifactType\":\"a\",\"annotations\":{\"k\":\"é\",\"artifactType\":\"b\"}}";
    private static final String B =
            "{\"mediaType\":\"m\",\"digest\":\"d:2\",\"size\":12345678901,\"data\":\"x\",\"artifactType\":\"b\"}";
    private static final String UNTYPED =
            "{\"mediaType\":\"m\",\"digest\":\"d:3\",\"size\":1,\"platform\":{\"os\":[1.5,null,true]}}";

    private static String read(String list, String artifactType) throws IOException {
        return new String(
                ReferrersIndex.read(list.getBytes(StandardCharsets.UTF_8), artifactType), StandardCharsets.UTF_8);
    }

    private static String list(String... descriptors) {
        return "{\"manifests\": [" + String.join(", ", descriptors)
                + "], \"annotations\": {\"manifests\": []}, \"schemaVersion\": 2 }";
    }

    @Test
    void shouldKeepDescriptorsAsTheyAre() throws IOException {
        assertThat(read(list(A, B, UNTYPED), "")).isEqualTo(HEAD + A + "," + B + "," + UNTYPED + "]}");
    }

    @Test
    void shouldLeaveThoseOfOneArtifactType() throws IOException {
        assertThat(read(list(A, B, UNTYPED), "b")).isEqualTo(HEAD + B + "]}");
        assertThat(read(list(A, B, UNTYPED), "c")).isEqualTo(HEAD + "]}");
    }

    @Test
    void shouldTakeNoListForAnEmptyOne() throws IOException {
        assertThat(read("{\"schemaVersion\":2,\"manifests\":null}", ""))
                .isEqualTo(new String(ReferrersIndex.empty(), StandardCharsets.UTF_8))
                .isEqualTo(HEAD + "]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "2",
                "{",
                "{}",
                "{\"schemaVersion\":\"2\",\"manifests\":[]}",
                "{\"schemaVersion\":1,\"manifests\":[]}",
                "{\"schemaVersion\":2}",
                "{\"schemaVersion\":2,\"manifests\":\"\"}",
                "{\"schemaVersion\":2,\"manifests\":{\"a\":1}}",
                "{\"schemaVersion\":2,\"manifests\":[[]]}",
                "{\"schemaVersion\":2,\"manifests\":[{\"digest\":\"d\"}]}",
                "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"m\",\"a\":{\"digest\":\"d\"}}]}",
                "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"m\",\"digest\":\"d\"",
                "{\"schemaVersion\":2,\"manifests\":[",
                "{\"schemaVersion\":2,\"manifests\":[]",
                "{\"schemaVersion\":2,\"manifests\":[],\"manifests\":[]}",
                "{\"schemaVersion\":2,\"manifests\":[]}{}",
                "<html></html>"
            })
    void shouldRefuseAListThatIsNotAnIndexOfSchema2(String list) {
        assertThatThrownBy(() -> read(list, "")).isInstanceOf(IOException.class);
    }

    @Test
    void shouldRefuseJsonThatIsNestedTooDeep() {
        String deep = "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"m\",\"digest\":\"d\",\"a\":"
                + "[".repeat(100_000);

        assertThatThrownBy(() -> read(deep, "")).isInstanceOf(IOException.class);
    }
}
