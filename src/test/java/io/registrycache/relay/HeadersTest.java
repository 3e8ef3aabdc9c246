package io.registrycache.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadersTest {

    private final HttpHeaders asked = new DefaultHttpHeaders();
    private final HttpHeaders forwarded = new DefaultHttpHeaders();

    @ParameterizedTest
    @ValueSource(strings = {"", "*/*", "text/html, */*;q=0.8", "application/*", "a/b"})
    void shouldNameEveryKindOfManifestWhateverTheClientNames(String accept) {
        asked.set("Accept", accept);
        Headers.copyForwarded(asked, forwarded);

        assertThat(forwarded.getAll("Accept"))
                .singleElement()
                .asString()
                .contains("oci.image.index.v1+json", "docker.distribution.manifest.v2+json");
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
