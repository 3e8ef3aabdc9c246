package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.HttpReply;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What can be seen of real pulls. */
class ObserveIT {

    private UpstreamRegistry upstream;
    private OciImage image;
    private PushedImage pushed;
    private CacheProcess cache;

    @BeforeEach
    void start() throws IOException {
        upstream = UpstreamRegistry.open();
        image = OciImage.random(1, 200_000);
        pushed = image.push(upstream, "a/b", "1");
        cache = CacheProcess.builder()
                .upstreams(upstream.configElement("ghcr.io"))
                .start();
    }

    @AfterEach
    void stop() {
        cache.close();
        image.close();
        upstream.close();
    }

    private HttpReply pull(String path) throws IOException {
        return ask(cache.endpoint(), "/v2/ghcr.io/a/b/" + path, "Accept: " + pushed.mediaType());
    }

    private static HttpReply ask(String endpoint, String path, String... headers) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(endpoint)) {
            probe.get(path, headers);
            return probe.receive();
        }
    }

    private static void assertCacheStatus(HttpReply reply, String parameters) {
        assertThat(reply.headers("Cache-Status")).containsExactly("docker-registry-cache; " + parameters);
    }

    private String layer() {
        return "blobs/" + pushed.layers().get(0).digest();
    }

    private void pullAndPullAgain() throws IOException {
        assertCacheStatus(pull("manifests/1"), "fwd=bypass; detail=tag");
        assertCacheStatus(pull(layer()), "fwd=uri-miss");
        cache.awaitCached("ghcr.io", pushed.layers().get(0));
        await().untilAsserted(() -> assertCacheStatus(pull(layer()), "hit"));
    }

    @Test
    void shouldSayInEachAnswerWhetherItWasCached() throws IOException {
        pullAndPullAgain();

        assertCacheStatus(pull("manifests/" + pushed.manifestDigest()), "hit");
        assertCacheStatus(ask(cache.endpoint(), "/v2/"), "detail=here");
        assertCacheStatus(pull("manifests/none"), "detail=here");
        upstream.stop();
        cache.program().children().forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertCacheStatus(pull("manifests/1"), "hit; detail=offline"));
    }
}
