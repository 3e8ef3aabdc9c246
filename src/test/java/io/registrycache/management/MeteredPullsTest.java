package io.registrycache.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.registrycache.config.Upstream;
import io.registrycache.config.Upstreams;
import io.registrycache.request.RegistryRequest;
import io.registrycache.traffic.Transfer;
import io.registrycache.upstream.RateLimit;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MeteredPullsTest {

    private static final Upstreams UPSTREAMS =
            new Upstreams(List.of(Upstream.of("test", "ghcr.io", "", List.of(), Map.of())));

    private final RateLimit limit = new RateLimit("ghcr.io");
    private final MeteredPulls pulls =
            new MeteredPulls(name -> name.equals("ghcr.io") ? Optional.of(limit) : Optional.empty());

    @ParameterizedTest
    @CsvSource({
        "GET,  /v2/my/image/manifests/1, 200, true,  1",
        "HEAD, /v2/my/image/manifests/1, 200, true,  0",
        "GET,  /v2/my/image/manifests/1, 200, false, 0",
        "GET,  /v2/my/image/manifests/1, 404, true,  0",
        "GET,  /v2/my/image/tags/list,   200, true,  0",
        "GET,  /v2/,                     200, true,  0"
    })
    void shouldCountAManifestThatAClientGotWhole(String method, String target, int status, boolean whole, int saved)
            throws Exception {
        Transfer transfer = new Transfer(
                new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.valueOf(method), target),
                new InetSocketAddress(0));
        transfer.asks(RegistryRequest.of(method, target, UPSTREAMS));
        transfer.answers(Transfer.Source.STORAGE, status, 0);
        transfer.ends(whole);
        pulls.ended(transfer);

        assertThat(limit.metered().saved()).isEqualTo(saved);
    }
}
