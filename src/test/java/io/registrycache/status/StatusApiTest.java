package io.registrycache.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.registrycache.config.Limit;
import io.registrycache.config.Upstreams;
import io.registrycache.process.Children;
import io.registrycache.process.StoppedChild;
import io.registrycache.request.RegistryRequest;
import io.registrycache.storage.Eviction;
import io.registrycache.traffic.Transfer;
import io.registrycache.upstream.RateLimit;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusApiTest {

    @TempDir
    private Path root;

    private final Traffic traffic = new Traffic();
    private StoppedChild ghcr;
    private Upstreams upstreams;
    private StatusApi api;

    @BeforeEach
    void open() throws IOException {
        ghcr = StoppedChild.onFileSystem("ghcr.io", root);
        upstreams = new Upstreams(List.of(ghcr.upstream()));
        Children children = new Children();
        children.add(ghcr.child());
        api = new StatusApi(
                new PullPrefix("0.0.0.0", 5000, Optional.empty()),
                () -> upstreams,
                children,
                Map.of("ghcr.io", new RateLimit("ghcr.io")),
                traffic,
                new StorageUse(Map.of(), new Eviction(List.of(), Limit.parse("CACHE_LIMIT", "1GB"))));
    }

    @AfterEach
    void close() throws IOException {
        ghcr.close();
    }

    private Transfer begin(String target) throws Exception {
        Transfer transfer = new Transfer(
                new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, target),
                new InetSocketAddress("192.0.2.7", 1));
        traffic.began(transfer);
        transfer.asks(RegistryRequest.of("GET", target, upstreams));
        return transfer;
    }

    private JsonNode status() {
        return new ObjectMapper().valueToTree(api.status("cache.example.com:9876"));
    }

    @Test
    void shouldShowATransferInFlight() throws Exception {
        Transfer transfer = begin("/v2/ghcr.io/my/image/manifests/1");
        transfer.answers(Transfer.Source.UPSTREAM, 200, -1);
        transfer.sends(5);

        JsonNode shown = status().at("/transfers/longest/0");
        assertThat(shown.path("repository").asText()).isEqualTo("my/image");
        assertThat(shown.path("reference").asText()).isEqualTo("1");
        assertThat(shown.path("kind").asText()).isEqualTo("manifest");
        assertThat(shown.path("from").asText()).isEqualTo("upstream");
        assertThat(shown.path("client").asText()).isEqualTo("192.0.2.7");
        assertThat(shown.path("sent").asInt()).isEqualTo(5);
        assertThat(shown.path("length").isNull()).isTrue();
    }

    @Test
    void shouldShowFiftyTransfersAndTenImagesAtMost() throws Exception {
        for (int number = 0; number < 60; number++) {
            begin("/v2/my/running-" + number + "/manifests/1");
            Transfer ended = begin("/v2/my/image-" + number + "/manifests/1");
            ended.answers(Transfer.Source.STORAGE, 200, 0);
            traffic.ended(ended);
        }

        JsonNode shown = status();
        assertThat(shown.at("/transfers/inFlight").asInt()).isEqualTo(60);
        assertThat(shown.at("/transfers/longest")).hasSize(50);
        assertThat(shown.at("/mostPulled")).hasSize(10);
        assertThat(shown.at("/mostPulled/0/pull").asText())
                .startsWith("docker pull cache.example.com:5000/ghcr.io/my/image-");
    }

    @Test
    void shouldShowAnUpstreamOfWhichNothingIsKnownYet() {
        JsonNode upstream = status().at("/upstreams/0");

        assertThat(upstream.path("isDefault").asBoolean()).isTrue();
        assertThat(upstream.at("/status/condition").asText()).isEqualTo("stopped");
        assertThat(upstream.path("rateLimit").isNull()).isTrue();
        assertThat(upstream.at("/manifestRequests/saved").asInt()).isZero();
        assertThat(upstream.path("storedBytes").isNull()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"my%2Fapp, 1", "MY+app, 1", "%, 0", "%zz, 0", "%00, 0", ", 1"})
    void shouldDecodeAQueryAndTakeAMalformedOneAsText(String query, int found) throws IOException {
        Files.createDirectories(root.resolve("ghcr.io/docker/registry/v2/repositories/my/app/_manifests/tags/1.0"));

        StatusApi.Images images = api.images(query, null);

        assertThat(images.images()).hasSize(found);
        assertThat(images.images())
                .allSatisfy(
                        image -> assertThat(image.pull()).isEqualTo("docker pull 127.0.0.1:5000/ghcr.io/my/app:1.0"));
    }
}
