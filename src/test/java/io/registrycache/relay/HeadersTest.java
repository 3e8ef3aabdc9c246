package io.registrycache.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadersTest {

    private static final String INDEX = "application/vnd.oci.image.index.v1+json";

    private final HttpHeaders asked = new DefaultHttpHeaders();
    private final HttpHeaders forwarded = new DefaultHttpHeaders();

    @ParameterizedTest
    @ValueSource(strings = {"", "*/*", "text/html, */*;q=0.8"})
    void shouldNameEveryKindOfManifestForAClientThatTakesAny(String accept) {
        asked.set("Accept", accept);

        assertThat(String.join(",", Headers.accepted(asked))).contains(INDEX, "docker.distribution.manifest.v2+json");
    }

    @Test
    void shouldNameEveryKindOfManifestForAClientThatSaysNothing() {
        assertThat(String.join(",", Headers.accepted(asked))).contains(INDEX);
    }

    @Test
    void shouldLeaveAClientsOwnKindsAsTheyAre() {
        asked.add("Accept", List.of("a/b", "c/d;q=0.5, e/f"));
        Headers.copyForwarded(asked, forwarded);

        assertThat(forwarded.getAll("Accept")).containsExactly("a/b", "c/d;q=0.5, e/f");
    }

    @Test
    void shouldForwardWhatAChildMustKnowAndNothingElse() {
        asked.set("Range", "bytes=1-2")
                .set("If-Range", "x")
                .set("Authorization", "Basic x")
                .set("Cookie", "x");
        Headers.copyForwarded(asked, forwarded);

        assertThat(forwarded.names()).containsExactlyInAnyOrder("range", "if-range", "accept");
    }

    @Test
    void shouldForwardNoRangeOfAnUnknownUnit() {
        asked.set("Range", "lines=1-2");
        Headers.copyForwarded(asked, forwarded);

        assertThat(forwarded.contains("Range")).isFalse();
    }
}
