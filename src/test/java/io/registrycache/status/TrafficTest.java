package io.registrycache.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.registrycache.config.Upstream;
import io.registrycache.config.Upstreams;
import io.registrycache.request.RegistryRequest;
import io.registrycache.traffic.Transfer;
import io.registrycache.traffic.Transfer.Source;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrafficTest {

    private static final Upstreams UPSTREAMS = new Upstreams(List.of(
            Upstream.of("test", "ghcr.io", "", List.of(), Map.of()),
            Upstream.of("test", "quay.io", "", List.of(), Map.of())));
    private static final String LAYER = "/v2/ghcr.io/my/image/blobs/sha256:" + "0".repeat(64);
    private static final String TAG = "/v2/ghcr.io/my/image/manifests/1";

    private final Traffic traffic = new Traffic();

    private Transfer begin(String target) throws Exception {
        Transfer transfer = new Transfer(
                new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, target), new InetSocketAddress(0));
        traffic.began(transfer);
        transfer.asks(RegistryRequest.of("GET", target, UPSTREAMS));
        return transfer;
    }

    private void end(Transfer transfer) {
        transfer.ends(true);
        traffic.ended(transfer);
    }

    @ParameterizedTest
    @CsvSource({"STORAGE,200,1,0,0,5,0", "UPSTREAM,200,0,1,0,0,5", "CHILD,206,0,0,0,0,5", "HERE,503,0,0,1,0,0"})
    void shouldAddUpByWhereTheAnswerWasFound(
            Source source, int status, long hits, long misses, long errors, long cache, long upstream)
            throws Exception {
        Transfer transfer = begin(LAYER);
        transfer.answers(source, status, 5);
        transfer.sends(5);
        end(transfer);

        assertThat(traffic.total()).isEqualTo(new Sums(hits, misses, errors, cache, upstream));
    }

    @Test
    void shouldCountATransferThatNeverGotAnAnswerAsAnError() throws Exception {
        end(begin(LAYER));

        assertThat(traffic.total().errors()).isOne();
    }

    @Test
    void shouldCountTheBytesOfALongTransferWhileItLastsAndOnce() throws Exception {
        Transfer transfer = begin(LAYER);
        transfer.answers(Source.STORAGE, 200, 100);
        transfer.sends(40);
        traffic.account();
        traffic.account();
        assertThat(traffic.total()).isEqualTo(new Sums(0, 0, 0, 40, 0));

        transfer.sends(60);
        end(transfer);
        traffic.ended(transfer);
        traffic.account();
        assertThat(traffic.total()).isEqualTo(new Sums(1, 0, 0, 100, 0));
    }

    @Test
    void shouldCountAsPullsOnlyTagsThatWereAnswered() throws Exception {
        for (int status : new int[] {200, 404, 304}) {
            Transfer transfer = begin(TAG);
            transfer.answers(Source.STORAGE, status, 0);
            end(transfer);
        }
        Transfer layer = begin(LAYER);
        layer.answers(Source.STORAGE, 200, 0);
        end(layer);

        assertThat(traffic.mostPulled().all())
                .containsExactly(new MostPulled.Pulls(new Image("ghcr.io", "my/image", ":1"), 1));
    }

    @Test
    void shouldNotCountPingsAndListsAsHits() throws Exception {
        for (String target : new String[] {"/v2/", "/v2/_catalog", "/v2/ghcr.io/my/image/tags/list"}) {
            Transfer transfer = begin(target);
            transfer.answers(Source.STORAGE, 200, 2);
            transfer.sends(2);
            end(transfer);
        }

        assertThat(traffic.total().hits()).isZero();
        assertThat(traffic.mostPulled().all()).isEmpty();
    }

    @Test
    void shouldListTransfersInFlightByUpstreamAndTheLongestFirst() throws Exception {
        Transfer first = begin(LAYER);
        Transfer second = begin("/v2/quay.io/my/image/manifests/1");
        Transfer third = begin(TAG);

        assertThat(traffic.inFlight()).isEqualTo(3);
        assertThat(traffic.inFlightByUpstream()).containsOnly(Map.entry("ghcr.io", 2L), Map.entry("quay.io", 1L));
        assertThat(traffic.inFlight("ghcr.io")).containsExactlyInAnyOrder(first, third);
        assertThat(traffic.longest(2)).extracting(Live::transfer).containsExactly(first, second);

        end(first);
        assertThat(traffic.inFlight()).isEqualTo(2);
    }
}
