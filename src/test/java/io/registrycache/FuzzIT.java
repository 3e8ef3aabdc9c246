package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;

import io.registrycache.fuzz.Attempt;
import io.registrycache.fuzz.Attempts;
import io.registrycache.fuzz.Campaign;
import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.Skopeo;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hostile input: the answer is a registry error, an honest answer or a closed connection, and nothing reaches an
 * upstream but what was asked for. Another or a longer run: {@code -Dfuzz.seed=7 -Dfuzz.attempts=100000
 * -Dfuzz.seconds=600}.
 */
class FuzzIT {

    private static final long SEED = Long.getLong("fuzz.seed", 1);
    private static final int ATTEMPTS = Integer.getInteger("fuzz.attempts", 6_000);
    private static final int SECONDS = Integer.getInteger("fuzz.seconds", 60);

    private final UpstreamRegistry hub = UpstreamRegistry.open();
    private final UpstreamRegistry ghcr = UpstreamRegistry.open();
    private CacheProcess cache;
    private PushedImage pushed;

    @TempDir
    Path temp;

    @BeforeEach
    void start() throws IOException {
        try (OciImage image = OciImage.random(41, 1000)) {
            pushed = image.push(ghcr, "open/image", "1");
            image.push(ghcr, "secret/vault", "1");
            image.push(hub, "secret/vault", "1");
        }
        cache = CacheProcess.builder()
                .upstreams(hub.configElement("registry-1.docker.io"), ghcr.configElement("ghcr.io"))
                .start();
    }

    @AfterEach
    void stop() {
        cache.stop();
        cache.assertNoLeak();
        cache.close();
        hub.close();
        ghcr.close();
    }

    @Test
    void shouldWithstandAnything() throws Exception {
        int pushes = ghcr.requests().size();
        int hubPushes = hub.requests().size();

        Campaign campaign = Campaign.run(cache.endpoint(), SEED, blob(), ATTEMPTS, Duration.ofSeconds(SECONDS));
        System.out.println(campaign.summary());

        assertThat(campaign.findings().stream().limit(20))
                .as("the cache's output ends with " + cache.program().tail())
                .isEmpty();
        assertThat(campaign.outcomes().getOrDefault("503", 0)).isLessThanOrEqualTo(ATTEMPTS / 1000);
        assertThat(cache.program().output()).doesNotContain("unexpected error", "\tat ");
        List<UpstreamRegistry.Request> asked = new ArrayList<>();
        asked.addAll(ghcr.requests().subList(pushes, ghcr.requests().size()));
        asked.addAll(hub.requests().subList(hubPushes, hub.requests().size()));
        System.out.println("upstreams were asked " + asked.size() + " times");
        assertOnlyRequestedContent(asked, campaign.attempts());
        assertThat(Skopeo.anonymous().copy(cache.endpoint() + "/ghcr.io/open/image:1", temp.resolve("image")))
                .isEqualTo(pushed.manifestDigest());
    }

    private String blob() {
        return pushed.layers().get(0).digest();
    }

    private void assertOnlyRequestedContent(List<UpstreamRegistry.Request> asked, int attempts) {
        String all = String.join(
                "\n",
                IntStream.range(0, attempts)
                        .mapToObj(number -> Attempts.of(SEED, number, blob()))
                        .map(Attempt::decoded)
                        .toList());
        assertThat(asked.stream().map(UpstreamRegistry.Request::path).distinct())
                .isNotEmpty()
                // In a query it is the name of a tag, which no upstream takes for a path.
                .noneMatch(path -> path.replaceFirst("\\?.*", "").contains("secret"))
                .allMatch(path -> isAskedFor(path, all), "asked for by a client");
    }

    private static boolean isAskedFor(String path, String all) {
        String tail = path.substring("/v2/".length())
                .replaceFirst("\\?.*", "")
                // Where an upstream has no referrers API they are looked for under a tag.
                .replaceFirst("/manifests/(sha[0-9]+)-([0-9a-f]{64})$", "/referrers/$1:$2");
        return List.of("/v2/", "/v2/ghcr.io/", "/v2/docker.io/").stream()
                .anyMatch(root -> all.contains(root + tail)
                        || (tail.startsWith("library/") && all.contains(root + tail.substring("library/".length()))));
    }

    /** A byte now and then keeps a connection busy, and must not keep it open. */
    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void shouldNotWaitForeverForASlowHead() throws IOException {
        try (HttpProbe probe = HttpProbe.connect(cache.endpoint())) {
            probe.send("GET /v2/ HTTP/1.1\r\nX: ");

            Awaitility.await()
                    .pollInterval(Duration.ofSeconds(1))
                    .atMost(Duration.ofSeconds(35))
                    .until(() -> {
                        probe.send("y");
                        return probe.closesWithin(Duration.ofMillis(50));
                    });
        }
    }
}
