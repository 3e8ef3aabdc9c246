package io.registrycache.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.registrycache.config.Upstream;
import io.registrycache.config.Upstreams;
import io.registrycache.request.RegistryRequest;
import io.registrycache.traffic.Transfer.Source;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransferTest {

    private static final Upstreams UPSTREAMS =
            new Upstreams(List.of(Upstream.of("test", "ghcr.io", "", List.of(), Map.of())));
    private static final String DIGEST = "sha256:" + "0".repeat(64);

    private static Transfer transfer(String target) throws Exception {
        Transfer transfer = new Transfer(
                new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, target), new InetSocketAddress(0));
        transfer.asks(RegistryRequest.of("GET", target, UPSTREAMS));
        return transfer;
    }

    private static Transfer tag() throws Exception {
        return transfer("/v2/my/image/manifests/1");
    }

    private static Transfer layer() throws Exception {
        return transfer("/v2/my/image/blobs/" + DIGEST);
    }

    @ParameterizedTest
    @CsvSource({"STORAGE,HIT", "UPSTREAM,MISS", "CHILD,CHILD", "HERE,HERE"})
    void shouldTellWhereContentWasFound(Source source, CacheOutcome outcome) throws Exception {
        Transfer transfer = layer();
        transfer.answers(source, 200, 1);

        assertThat(transfer.outcome()).isEqualTo(outcome);
    }

    @Test
    void shouldCallContentOfTheChildAMissIfTheStorageDoesNotHaveIt() throws Exception {
        Transfer transfer = layer();
        transfer.lacks();
        transfer.answers(Source.CHILD, 200, 1);

        assertThat(transfer.outcome()).isEqualTo(CacheOutcome.MISS);
    }

    @ParameterizedTest
    @CsvSource({"STORAGE", "CHILD"})
    void shouldTellOfATagWhetherTheUpstreamWasAsked(Source source) throws Exception {
        Transfer asked = tag();
        asked.answers(source, 200, 1);
        assertThat(asked.outcome()).isEqualTo(CacheOutcome.TAG);

        Transfer fresh = tag();
        fresh.isFresh();
        fresh.answers(source, 200, 1);
        assertThat(fresh.outcome()).isEqualTo(CacheOutcome.HIT);

        Transfer offline = tag();
        offline.isOffline();
        offline.answers(source, 200, 1);
        assertThat(offline.outcome()).isEqualTo(CacheOutcome.OFFLINE);
        assertThat(offline.outcome().isHit()).isTrue();
    }

    @Test
    void shouldHaveNoTimeToTheFirstByteWithoutAnAnswer() throws Exception {
        Transfer transfer = tag();
        assertThat(transfer.nanosToFirstByte()).isEqualTo(-1);
        transfer.ends(false);
        assertThat(transfer.nanosToFirstByte()).isEqualTo(-1);
        assertThat(transfer.nanos()).isPositive().isEqualTo(transfer.nanos());
        assertThat(transfer.isComplete()).isFalse();
    }
}
