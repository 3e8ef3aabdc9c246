package io.registrycache.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.registrycache.config.Upstream;
import io.registrycache.config.Upstreams;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NextPageTest {

    private static final String REFERRERS = "my/image/referrers/sha256:" + "a".repeat(64);

    private final Upstreams upstreams =
            new Upstreams(List.of(Upstream.of("test", "ghcr.io", "", List.of("gh"), Map.of())));

    private String link(String target, String upstreamQuery) throws RegistryException {
        return NextPage.link(RegistryRequest.of("GET", target, upstreams), upstreamQuery);
    }

    @Test
    void shouldLinkPagesOfReferrersWithPrefixNsAndType() throws RegistryException {
        assertThat(link("/gh/v2/" + REFERRERS, "page=2")).isEqualTo("</gh/v2/" + REFERRERS + "?page=2>; rel=\"next\"");
        assertThat(link("/v2/" + REFERRERS + "?ns=ghcr.io&artifactType=a/b", "page=2"))
                .isEqualTo("</v2/" + REFERRERS + "?page=2&artifactType=a%2Fb&ns=ghcr.io>; rel=\"next\"");
        assertThat(link("/v2/" + REFERRERS + "?artifactType=a/b", "artifactType=a%2Fb&page=2"))
                .isEqualTo("</v2/" + REFERRERS + "?artifactType=a%2Fb&page=2>; rel=\"next\"");
    }

    @Test
    void shouldLinkPagesOfTagsWithPrefixAndNs() throws RegistryException {
        assertThat(link("/v2/gh/my/image/tags/list?n=2", "n=2&next_page=a%3D"))
                .isEqualTo("</v2/gh/my/image/tags/list?n=2&next_page=a%3D>; rel=\"next\"");
        assertThat(link("/v2/my/image/tags/list?n=2&ns=ghcr.io", "n=2&last=b"))
                .isEqualTo("</v2/my/image/tags/list?n=2&last=b&ns=ghcr.io>; rel=\"next\"");
    }

    @ParameterizedTest
    @CsvSource({
        "/v2/my/image/tags/list?n=2&last=a, n=2&last=a",
        "?last=a, last=a",
        "/registry/v2/my/image/tags/list?last=a, last=a",
        "'', ''"
    })
    void shouldReadTheQueryOfAnUpstreamsLink(String link, String query) throws IOException {
        assertThat(NextPage.query(link, "/tags/list")).isEqualTo(query);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2/my/image/tags/list", "/v2/my/image/tags/list?", "/v2/_catalog?last=a"})
    void shouldRefuseALinkThatLeadsElsewhere(String link) {
        assertThatThrownBy(() -> NextPage.query(link, "/tags/list")).isInstanceOf(IOException.class);
    }
}
