package io.registrycache.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.registrycache.rig.Blob;
import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.Distance;
import io.registrycache.rig.Download;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.Ports;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.TempFolder;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Three upstreams with images, each at another distance, and a cache in front of them that is on the same storage and
 * port each time it starts.
 */
public final class Site implements AutoCloseable {

    private static final int IMAGES = 8;
    private static final int CACHED = 4;
    private static final Duration NEAREST = Duration.ofMillis(20);

    private final TempFolder storage = TempFolder.create();
    private final List<UpstreamRegistry> upstreams = new ArrayList<>();
    private final List<Distance> lines = new ArrayList<>();
    private final List<List<PushedImage>> images = new ArrayList<>();
    private final CacheProcess.Builder builder;
    private volatile CacheProcess cache;

    private Site() throws IOException {
        for (int i = 0; i < 3; i++) {
            UpstreamRegistry upstream = UpstreamRegistry.open();
            upstreams.add(upstream);
            lines.add(Distance.to(upstream.port(), NEAREST.multipliedBy(1L << i)));
            List<PushedImage> pushed = new ArrayList<>();
            for (int j = 0; j < IMAGES; j++) {
                try (OciImage image = OciImage.random(100L * i + j, 20_000, 1_000_000L * (j + 1))) {
                    pushed.add(image.push(upstream, "image/" + j, "1"));
                }
            }
            images.add(pushed);
        }
        this.builder = CacheProcess.builder()
                .storage(storage.path())
                .port(Ports.free())
                .jvm("-Xmx64m")
                .upstreams(IntStream.range(0, 3)
                        .mapToObj(i -> lines.get(i).configElement(name(i)))
                        .toArray(String[]::new));
        this.cache = builder.start();
    }

    public static Site open() throws IOException {
        return new Site();
    }

    static String name(int upstream) {
        return "upstream" + upstream + ".example";
    }

    public List<UpstreamRegistry> upstreams() {
        return upstreams;
    }

    public CacheProcess cache() {
        return cache;
    }

    /** Bytes of bodies that the upstreams sent. */
    public long sent() {
        return lines.stream().mapToLong(Distance::bytes).sum();
    }

    /** Bytes of all images, each once. */
    public long size() {
        return images.stream()
                .flatMap(List::stream)
                .mapToLong(image -> image.manifestBytes().length
                        + image.config().size()
                        + image.layers().stream().mapToLong(Blob::size).sum())
                .sum();
    }

    PushedImage image(int upstream, int number) {
        return images.get(upstream).get(number);
    }

    int imageCount() {
        return IMAGES;
    }

    /** Kills the cache, or lets it end, and starts it again. */
    void restart(String signal) {
        CacheProcess old = cache;
        old.program().signal(signal);
        old.program().waitFor(Duration.ofSeconds(60));
        old.assertNoLeak();
        cache = builder.start();
        old.close();
    }

    /** Pulls half of the images, whole. */
    public void pullImagesToBeCached() throws IOException {
        for (int i = 0; i < upstreams.size(); i++) {
            for (PushedImage image : images.get(i).subList(0, CACHED)) {
                String repository = cache.url() + "/v2/" + name(i) + "/" + image.name();
                Download manifest = Download.of(repository + "/manifests/1").header("Accept: " + image.mediaType());
                assertThat(manifest.run().digest()).isEqualTo(image.manifestDigest());
                for (Blob blob : image.layers()) {
                    assertThat(Download.of(repository + "/blobs/" + blob.digest())
                                    .run()
                                    .digest())
                            .isEqualTo(blob.digest());
                    cache.awaitCached(name(i), blob);
                }
            }
        }
    }

    /** Mends all upstreams, and waits until the cache has noticed. */
    public void settle() {
        upstreams.forEach(upstream -> {
            upstream.program().signal("CONT");
            if (HttpProbe.status(upstream.host(), "/v2/").isEmpty()) {
                upstream.start();
            }
        });
        // So long it takes until a child that was stopped is seen to hang and is replaced.
        await().during(Duration.ofSeconds(15)).atMost(Duration.ofSeconds(90)).untilAsserted(() -> {
            try (HttpProbe probe = HttpProbe.connect(cache.managementEndpoint())) {
                probe.get("/observe/health");
                assertThat(probe.receive().text().split("Serving", -1)).hasSize(upstreams.size() + 1);
            }
        });
    }

    @Override
    public void close() {
        cache.close();
        lines.forEach(Distance::close);
        upstreams.forEach(UpstreamRegistry::close);
        storage.close();
    }
}
