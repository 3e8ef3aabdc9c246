package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.Command;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.HttpReply;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.TokenGate;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A tag has the digest that its upstream says now; stored content is not fetched again, nor asked of the child. */
class TagIT {

    private UpstreamRegistry upstream;
    private TokenGate gate;
    private OciImage image;
    private PushedImage first;
    private CacheProcess cache;

    @BeforeEach
    void pullOnce() throws IOException {
        upstream = UpstreamRegistry.open();
        gate = TokenGate.before(upstream);
        image = OciImage.random(1, 10_000);
        first = image.push(upstream, "my/image", "1");
        cache = CacheProcess.builder().upstreams(gate.configElement("ghcr.io")).start();
        assertThat(get().body()).isEqualTo(first.manifestBytes());
        await().untilAsserted(() ->
                assertThat(get(first.manifestDigest()).header("Cache-Status")).contains("docker-registry-cache; hit"));
    }

    @AfterEach
    void stop() {
        cache.stop();
        cache.assertNoLeak();
        cache.close();
        image.close();
        gate.close();
        upstream.close();
    }

    private HttpReply get() throws IOException {
        return get("1");
    }

    private HttpReply get(String reference) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(cache.endpoint())) {
            probe.get("/v2/ghcr.io/my/image/manifests/" + reference);
            return probe.receive();
        }
    }

    private long upstreamRequests() {
        return upstream.requests().size();
    }

    @Test
    void shouldAskTheUpstreamOnceForATagAndSeldomForAToken() throws IOException {
        get();
        await().pollDelay(Duration.ofMillis(300)).until(() -> true);
        long requests = upstreamRequests();
        int tokens = gate.tokens();

        for (int i = 0; i < 5; i++) {
            HttpReply reply = get();
            assertThat(reply.body()).isEqualTo(first.manifestBytes());
            assertThat(reply.header("Docker-Content-Digest")).contains(first.manifestDigest());
            assertThat(reply.header("Cache-Status")).contains("docker-registry-cache; fwd=bypass; detail=tag");
        }

        await().untilAsserted(() -> assertThat(upstreamRequests()).isEqualTo(requests + 5));
        assertThat(upstream.requests().subList((int) requests, (int) requests + 5))
                .allMatch(request -> request.method().equals("HEAD"));
        assertThat(gate.tokens()).isEqualTo(tokens);
    }

    @Test
    void shouldNotAskForAFreshTagNorForAnImmutableOne() throws Exception {
        image.push(upstream, "my/image", "v1");
        String element = gate.configElement("ghcr.io");
        String checked =
                element.substring(0, element.lastIndexOf('}')) + ", \"fresh\": \"3s\", \"immutable\": [\"my/*:v*\"]}";
        try (CacheProcess other = CacheProcess.builder().upstreams(checked).start()) {
            for (String tag : List.of("1", "v1")) {
                try (HttpProbe probe = HttpProbe.connect(other.endpoint())) {
                    for (int i = 0; i < 3; i++) {
                        probe.get("/v2/ghcr.io/my/image/manifests/" + tag);
                        assertThat(probe.receive().body()).isEqualTo(first.manifestBytes());
                    }
                    long requests = upstreamRequests();

                    probe.get("/v2/ghcr.io/my/image/manifests/" + tag);

                    assertThat(probe.receive().header("Cache-Status")).contains("docker-registry-cache; hit");
                    assertThat(upstreamRequests()).isEqualTo(requests);
                }
            }
            long requests = upstreamRequests();
            Thread.sleep(3100);
            for (String tag : List.of("1", "v1")) {
                try (HttpProbe probe = HttpProbe.connect(other.endpoint())) {
                    probe.get("/v2/ghcr.io/my/image/manifests/" + tag);
                    assertThat(probe.receive().body()).isEqualTo(first.manifestBytes());
                }
            }
            await().untilAsserted(() -> assertThat(upstreamRequests()).isEqualTo(requests + 1));
        }
    }

    @Test
    void shouldAnswerForStoredTagsWithoutTheChild() throws IOException {
        get();
        signalChildren("STOP");

        assertThat(get().body()).isEqualTo(first.manifestBytes());

        signalChildren("CONT");
    }

    private void signalChildren(String signal) {
        cache.program()
                .children()
                .forEach(pid ->
                        Command.of("sh", "-c", "kill -s " + signal + " " + pid).run());
    }

    @Test
    void shouldSeeAtOnceThatATagMoved() throws IOException {
        get();
        try (OciImage other = OciImage.random(2, 10_000)) {
            PushedImage second = other.push(upstream, "my/image", "1");
            assertThat(get().body()).isEqualTo(second.manifestBytes());
            assertThat(get().body()).isEqualTo(second.manifestBytes());
        }
        image.push(upstream, "my/image", "1");
        assertThat(get().body()).isEqualTo(first.manifestBytes());
    }
}
