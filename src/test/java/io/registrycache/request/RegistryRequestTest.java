package io.registrycache.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.registrycache.config.Upstream;
import io.registrycache.config.Upstreams;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryRequestTest {

    private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

    private final Upstreams upstreams = new Upstreams(List.of(
            upstream("registry-1.docker.io", List.of()),
            upstream("ghcr.io", List.of("gh")),
            upstream("registry.k8s.io", List.of()),
            upstream("http://10.0.0.7:5001", List.of())));

    private static Upstream upstream(String registry, List<String> aliases) {
        return Upstream.of("test", registry, "", aliases, Map.of());
    }

    @ParameterizedTest
    @CsvSource({
        "/v2/debian/manifests/12,                        registry-1.docker.io, library/debian",
        "/v2/my/image/manifests/12,                      registry-1.docker.io, my/image",
        "/v2/docker.io/debian/manifests/12,              registry-1.docker.io, library/debian",
        "/v2/index.docker.io/my/image/manifests/12,      registry-1.docker.io, my/image",
        "/v2/ghcr.io/my/image/manifests/12,              ghcr.io,              my/image",
        "/v2/gh/my/image/manifests/12,                   ghcr.io,              my/image",
        "/v2/ghcr.io/image/manifests/12,                 ghcr.io,              image",
        "/v2/registry.k8s.io/pause/manifests/12,         registry.k8s.io,      pause",
        "/v2/manifests/manifests/manifests/manifests,    registry-1.docker.io, manifests/manifests",
        "/v2/my/image/manifests/12?ns=ghcr.io,           ghcr.io,              my/image",
        "/v2/library/debian/manifests/12?ns=docker.io,   registry-1.docker.io, library/debian",
        "/v2/ghcr.io/my/image/manifests/12?ns=ghcr.io,   ghcr.io,              my/image",
        "/v2/my/image/manifests/12?ns=10.0.0.7%3A5001,   10.0.0.7,             my/image",
        "/docker.io/v2/library/debian/manifests/12,      registry-1.docker.io, library/debian",
        "/ghcr.io/v2/my/image/manifests/12?ns=ghcr.io,   ghcr.io,              my/image",
        "/v2/foo.bar/image/manifests/12?ns=ghcr.io,      ghcr.io,              foo.bar/image",
        "http://x/v2/ghcr.io/my/image/manifests/12,      ghcr.io,              my/image",
        "HTTPS://x:5000/v2/my/image/manifests/12?ns=gh,  ghcr.io,              my/image",
    })
    void shouldFindUpstreamAndRepository(String target, String upstream, String repository) throws RegistryException {
        RegistryRequest request = RegistryRequest.of("GET", target, upstreams);

        assertThat(request.upstream().name()).isEqualTo(upstream);
        assertThat(request.repository()).isEqualTo(repository);
        assertThat(request.operation()).isEqualTo(Operation.MANIFEST);
    }

    @ParameterizedTest
    @CsvSource({
        "/v2,                          PING",
        "/v2/,                         PING",
        "/v2/?ns=docker.io,            PING",
        "/ghcr.io/v2/,                 PING",
        "/v2/_catalog,                 CATALOG",
        "/v2/a/b/tags/list,            TAGS",
        "/v2/a/manifests/latest,       MANIFEST",
        "/,                            HOME",
        "http://cache:5000,            HOME",
        "http://cache:5000?x=/y,       HOME",
    })
    void shouldKnowTheOperations(String target, Operation operation) throws RegistryException {
        assertThat(RegistryRequest.of("HEAD", target, upstreams).operation()).isEqualTo(operation);
    }

    @Test
    void shouldAskTheUpstreamByItsOwnNames() throws RegistryException {
        RegistryRequest blob = RegistryRequest.of("GET", "/v2/gh/my/image/blobs/" + DIGEST + "?ns=ghcr.io", upstreams);
        RegistryRequest encoded =
                RegistryRequest.of("GET", "/v2/gh/my/image/manifests/" + DIGEST.replace(":", "%3A"), upstreams);
        RegistryRequest tags = RegistryRequest.of("GET", "/v2/debian/tags/list?n=5&last=a%2Fb&x=y", upstreams);

        assertThat(blob.upstreamTarget()).isEqualTo("/v2/my/image/blobs/" + DIGEST);
        assertThat(encoded.upstreamTarget()).isEqualTo("/v2/my/image/manifests/" + DIGEST);
        assertThat(tags.upstreamTarget()).isEqualTo("/v2/library/debian/tags/list?last=a%2Fb&n=5&x=y");
        assertThat(tags.isForOpaquePage()).isTrue();
        assertThat(tags.page().size()).isEqualTo(5);
        assertThat(RegistryRequest.of("GET", "/v2/debian/tags/list?n=5&ns=docker.io", upstreams)
                        .isForOpaquePage())
                .isFalse();
        assertThat(tags.typedName()).isEqualTo("debian");
        assertThat(tags.typedPath()).isEqualTo("/v2/debian");
        assertThat(RegistryRequest.of("GET", "/gh/v2/my/image/tags/list", upstreams)
                        .typedPath())
                .isEqualTo("/gh/v2/my/image");
    }

    @ParameterizedTest
    @CsvSource({
        "GET,    /v2/foo.bar/image/manifests/12,         404, NAME_UNKNOWN",
        "GET,    /v2/localhost/image/manifests/12,       404, NAME_UNKNOWN",
        "GET,    /v2/my/image/manifests/12?ns=foo.bar,   404, NAME_UNKNOWN",
        "GET,    /v2/?ns=foo.bar,                        404, NAME_UNKNOWN",
        "GET,    /foo.bar/v2/my/image/manifests/12,      404, NAME_UNKNOWN",
        "GET,    /v2/ghcr.io/manifests/12,               400, NAME_INVALID",
        "GET,    /v2/My/image/manifests/12,              400, NAME_INVALID",
        "GET,    /v2/a/../b/manifests/12,                400, NAME_INVALID",
        "GET,    /v2/a//b/manifests/12,                  400, NAME_INVALID",
        "GET,    /v2//manifests/12,                      400, NAME_INVALID",
        "GET,    /v2/a%00b/manifests/12,                 400, NAME_INVALID",
        "GET,    /v2/a%2F..%2Fb/manifests/12,            400, NAME_INVALID",
        "GET,    /v2/a/manifests/.12,                    404, MANIFEST_UNKNOWN",
        "GET,    /v2/a/manifests/sha256:12,              400, DIGEST_INVALID",
        "GET,    /v2/a/blobs/12,                         400, DIGEST_INVALID",
        "GET,    /v2/a/tags/list?n=x,                    400, PAGINATION_NUMBER_INVALID",
        "GET,    /v2/%zz/manifests/12,                   400, UNSUPPORTED",
        "GET,    /v2/a/tags/else,                        404, UNSUPPORTED",
        "GET,    /v2/a,                                  404, UNSUPPORTED",
        "GET,    //,                                     404, UNSUPPORTED",
        "GET,    *,                                      404, UNSUPPORTED",
        "GET,    ftp://evil/v2/a/manifests/12,           404, UNSUPPORTED",
        "GET,    /v2/a/referrers/1.0,                    400, DIGEST_INVALID",
        "POST,   /v2/a/blobs/uploads/,                   405, UNSUPPORTED",
        "DELETE, /v2/a/manifests/12,                     405, UNSUPPORTED",
    })
    void shouldRefuseRequestsThatARegistryDoesNotServe(String method, String target, int status, String code) {
        RegistryException refused =
                catchThrowableOfType(RegistryException.class, () -> RegistryRequest.of(method, target, upstreams));

        assertThat(refused.error().status()).isEqualTo(status);
        assertThat(refused.error().code()).isEqualTo(code);
    }

    @Test
    void shouldSayWhichUpstreamsThereAre() {
        RegistryException refused = catchThrowableOfType(
                RegistryException.class, () -> RegistryRequest.of("GET", "/v2/foo.bar/a/manifests/1", upstreams));

        assertThat(refused.error().json())
                .contains("\\\"foo.bar\\\"")
                .contains("registry-1.docker.io, ghcr.io, registry.k8s.io, 10.0.0.7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ghcr.io/", "gh/"})
    void shouldLimitTheLengthOfNamesWithoutTheirPrefix(String prefix) throws RegistryException {
        String longest = "a/" + "a".repeat(253);
        String target = "/v2/" + prefix + longest + "/manifests/1";

        assertThat(RegistryRequest.of("GET", target, upstreams).repository()).isEqualTo(longest);
        RegistryException refused = catchThrowableOfType(
                RegistryException.class, () -> RegistryRequest.of("GET", target.replace("a/a", "a/aa"), upstreams));
        assertThat(refused.error().code()).isEqualTo("NAME_INVALID");
    }

    @Test
    void shouldTakeOptionsForAnything() throws RegistryException {
        for (String target : List.of("*", "/", "/v2/a/manifests/1")) {
            assertThat(RegistryRequest.of("OPTIONS", target, upstreams).operation())
                    .isEqualTo(Operation.OPTIONS);
        }
    }

    @Test
    void shouldAskForReferrersWithAllParametersButNs() throws RegistryException {
        RegistryRequest request = RegistryRequest.of(
                "GET",
                "/v2/gh/my/image/referrers/" + DIGEST + "?ns=ghcr.io&token=a%2Fb%3D&artifactType=a/b+c&empty=",
                upstreams);

        assertThat(request.operation()).isEqualTo(Operation.REFERRERS);
        assertThat(request.isForContent()).isFalse();
        assertThat(request.artifactType()).isEqualTo("a/b+c");
        assertThat(request.isForAllReferrers()).isFalse();
        assertThat(request.ofAllReferrers()).isEmpty();
        assertThat(request.upstreamTarget())
                .isEqualTo("/v2/my/image/referrers/" + DIGEST + "?artifactType=a%2Fb%2Bc&token=a%2Fb%3D");
    }

    @Test
    void shouldKnowTheListOfAllReferrers() throws RegistryException {
        String target = "/v2/gh/my/image/referrers/" + DIGEST;
        RegistryRequest all = RegistryRequest.of("GET", target + "?ns=ghcr.io", upstreams);
        RegistryRequest some = RegistryRequest.of("GET", target + "?artifactType=a%2Fb", upstreams);

        assertThat(all.isForAllReferrers()).isTrue();
        assertThat(some.ofAllReferrers()).map(RegistryRequest::upstreamTarget).hasValue(all.upstreamTarget());
    }
}
