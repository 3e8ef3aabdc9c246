package io.registrycache.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.registrycache.config.Upstream;
import io.registrycache.config.Upstreams;
import io.registrycache.request.RegistryRequest;
import io.registrycache.storage.Names;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TagPageTest {

    private static final Upstreams UPSTREAMS =
            new Upstreams(List.of(Upstream.of("test", "ghcr.io", "", List.of(), Map.of())));

    private static TagPage page(String query, String... tags) throws Exception {
        Names.Builder names = new Names.Builder();
        for (String tag : tags) {
            names.add(tag);
        }
        RegistryRequest request = RegistryRequest.of("GET", "/v2/ghcr.io/a/tags/list" + query, UPSTREAMS);
        return TagPage.of(names.build(), request);
    }

    private static TagPage ofFive(String query) throws Exception {
        return page(query, "v9", "v10", "latest", "1.0", "Z");
    }

    @Test
    void shouldListAllTagsInOrder() throws Exception {
        assertThat(ofFive("")).isEqualTo(new TagPage(List.of("1.0", "Z", "latest", "v10", "v9"), ""));
    }

    @Test
    void shouldLeadFromPageToPageByTheNameThatTheClientTyped() throws Exception {
        assertThat(ofFive("?n=2"))
                .isEqualTo(new TagPage(List.of("1.0", "Z"), "</v2/ghcr.io/a/tags/list?n=2&last=Z>; rel=\"next\""));
        assertThat(ofFive("?n=3&last=Z")).isEqualTo(new TagPage(List.of("latest", "v10", "v9"), ""));
        assertThat(ofFive("?n=1&ns=ghcr.io").link()).contains("ns=ghcr.io");
    }

    @Test
    void shouldListNothingBehindTheLastTagAndForAPageOfNone() throws Exception {
        assertThat(ofFive("?last=zzz")).isEqualTo(new TagPage(List.of(), ""));
        assertThat(page("")).isEqualTo(new TagPage(List.of(), ""));
        assertThat(ofFive("?n=0").tags()).isEmpty();
    }

    /** A tag is hostile text: it must not end the header. */
    @Test
    void shouldEscapeATagInALink() throws Exception {
        assertThat(page("?n=1", "a>;rel=\"next\",<http://evil.example/", "b").link())
                .matches("</v2/ghcr\\.io/a/tags/list\\?n=1&last=[A-Za-z0-9%+.*_-]+>; rel=\"next\"");
    }

    @Test
    void shouldLeaveOutTagsWithSpacesAndControlCharacters() throws Exception {
        assertThat(page("", "a\r\nSet-Cookie: x=1", "b c", "\u0000", "d").tags())
                .containsExactly("d");
    }
}
