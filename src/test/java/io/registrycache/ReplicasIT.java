package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.registrycache.rig.Blob;
import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.Download;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.S3Proxy;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two programs on one bucket. */
class ReplicasIT {

    private static final int IMAGES = 4;

    private UpstreamRegistry upstream;
    private S3Proxy s3;
    private CacheProcess one;
    private CacheProcess other;
    private final List<PushedImage> pushed = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        upstream = UpstreamRegistry.open();
        for (int i = 0; i < IMAGES; i++) {
            try (OciImage image = OciImage.random(i, 10_000, 15_000_000)) {
                pushed.add(image.push(upstream, "my/image" + i, "1"));
            }
        }
        s3 = S3Proxy.start();
        one = replica();
        other = replica();
    }

    @AfterEach
    void stop() {
        one.close();
        other.close();
        s3.close();
        upstream.close();
    }

    private CacheProcess replica() {
        CacheProcess.Builder builder = CacheProcess.builder().upstreams(upstream.configElement("ghcr.io"));
        s3.variables().forEach(builder::env);
        return builder.start();
    }

    /** Pulls an image, and returns whether it was complete; each received byte must be right. */
    private boolean pull(CacheProcess cache, int number) {
        PushedImage image = pushed.get(number);
        String repository = "/v2/ghcr.io/my/image" + number;
        try (HttpProbe probe = HttpProbe.connect(cache.endpoint())) {
            probe.get(repository + "/manifests/1", "Accept: " + image.mediaType());
            var manifest = probe.receive();
            if (manifest.status() == 200) {
                assertThat(manifest.body()).isEqualTo(image.manifestBytes());
            }
            boolean all = manifest.status() == 200;
            for (Blob blob : image.layers()) {
                Download.Result layer = Download.of(cache.url() + repository + "/blobs/" + blob.digest())
                        .run();
                if (layer.status() == 200) {
                    assertThat(layer.digest()).isEqualTo(blob.digest());
                }
                all &= layer.status() == 200;
            }
            return all;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void shouldServeTheSameThroughBothAndOutliveTheDeathOfOne() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Boolean>> pulls = new ArrayList<>();
            for (int i = 0; i < 2 * IMAGES; i++) {
                int number = i % IMAGES;
                pulls.add(() -> pull(one, number));
                pulls.add(() -> pull(other, number));
            }
            List<Future<Boolean>> results = pulls.stream().map(clients::submit).toList();
            Thread.sleep(1500);
            one.program().signal("KILL");
            for (int i = 0; i < results.size(); i++) {
                boolean all = results.get(i).get();
                if (i % 2 == 1) {
                    assertThat(all).as("a pull through the one that lives").isTrue();
                }
            }
        } finally {
            clients.shutdownNow();
        }
        one.close();
        one = replica();
        for (int i = 0; i < IMAGES; i++) {
            int number = i;
            await().atMost(Duration.ofSeconds(30)).until(() -> pull(other, number));
            assertThat(pull(one, number)).isTrue();
        }
    }

    /** A lifecycle rule of the bucket, for example. */
    @Test
    void shouldServeContentThatWasDeletedFromTheBucket() throws Exception {
        assertThat(pull(one, 0)).isTrue();
        await().until(() -> s3.blobs("ghcr.io") == 3);
        assertThat(pull(other, 0)).isTrue();

        s3.remove("ghcr.io/docker");

        assertThat(pull(one, 0)).isTrue();
        assertThat(pull(other, 0)).isTrue();
        await().until(() -> s3.blobs("ghcr.io") == 3);
    }
}
