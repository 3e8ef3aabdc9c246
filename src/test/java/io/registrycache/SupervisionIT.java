package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.registrycache.rig.Blob;
import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.Command;
import io.registrycache.rig.Download;
import io.registrycache.rig.FakeClock;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.HttpReply;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Children and the program itself die, hang and are in trouble with their storage. */
@Isolated
class SupervisionIT {

    @TempDir
    Path storage;

    private UpstreamRegistry ghcr;
    private UpstreamRegistry quay;
    private OciImage image;
    private PushedImage ours;
    private PushedImage theirs;
    private CacheProcess.Builder builder;
    private CacheProcess cache;

    @BeforeEach
    void start() throws IOException {
        ghcr = UpstreamRegistry.open();
        quay = UpstreamRegistry.open();
        image = OciImage.random(1, 50_000, 20_000_000);
        ours = image.push(ghcr, "my/image", "1");
        theirs = image.push(quay, "my/image", "1");
        builder = CacheProcess.builder()
                .storage(storage)
                .upstreams(ghcr.configElement("ghcr.io"), quay.configElement("quay.io"));
        cache = builder.start();
    }

    @AfterEach
    void stop() {
        cache.close();
        List.of(image, ghcr, quay).forEach(it -> {
            try {
                it.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private HttpReply get(String path) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(cache.endpoint())) {
            probe.get("/v2/" + path, "Accept: " + ours.mediaType());
            return probe.receive();
        }
    }

    private Download layer(String upstream) {
        return Download.of(cache.url() + "/v2/" + upstream + "/my/image/blobs/"
                + ours.layers().get(1).digest());
    }

    /** A tag that only a child can find out about, as nothing is stored under it. */
    private String newTag(String tag) throws IOException {
        image.push(ghcr, "my/image", tag);
        return tag;
    }

    /** The pid of the child whose configuration file has that name. */
    private long child(String upstream) {
        return cache.program().children().stream()
                .filter(pid -> ProcessHandle.of(pid)
                        .flatMap(process -> process.info().commandLine())
                        .orElse("")
                        .endsWith("/" + upstream + ".json"))
                .findFirst()
                .orElseThrow();
    }

    private static void signal(String signal, long pid) throws IOException {
        Command.of("kill", "-" + signal, Long.toString(pid)).run();
    }

    /** A stalled client, whose layer is larger than the buffers of sockets. */
    @Test
    void shouldEndInOrderWhileATransferIsStalled() throws IOException {
        layer("ghcr.io").run();
        try (HttpProbe stalled = HttpProbe.connect(cache.endpoint())) {
            stalled.get("/v2/ghcr.io/my/image/blobs/" + ours.layers().get(1).digest());
            stalled.receiveHead();

            Instant before = Instant.now();
            assertThat(cache.stop()).isZero();
            assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(30));
            assertThat(cache.program().output()).contains("cut=1 why=");
        }
    }

    @Test
    void shouldLetRequestsWaitForTheNewChildAndOthersNoticeNothing() throws IOException {
        get("ghcr.io/my/image/manifests/1");
        for (int i = 0; i < 3; i++) {
            String forTheChild = newTag("t" + i);
            long other = child("quay.io");
            signal("KILL", child("ghcr.io"));

            assertThat(get("ghcr.io/my/image/manifests/" + forTheChild).body()).isEqualTo(ours.manifestBytes());
            assertThat(get("quay.io/my/image/manifests/1").body()).isEqualTo(theirs.manifestBytes());
            assertThat(child("quay.io")).isEqualTo(other);
        }
    }

    @Test
    void shouldReplaceAChildThatHangs() throws IOException {
        get("ghcr.io/my/image/manifests/1");
        String forTheChild = newTag("t");
        long hanging = child("ghcr.io");
        signal("STOP", hanging);

        assertThat(get("_catalog").text()).contains("\"ghcr.io/my/image\"");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> ProcessHandle.of(hanging).isEmpty());
        assertThat(get("ghcr.io/my/image/manifests/" + forTheChild).body()).isEqualTo(ours.manifestBytes());
    }

    @Test
    void shouldEndTheChildrenOfARunThatWasKilled() {
        await().until(() -> cache.program().children().size() == 2);
        Set<Long> orphans = Set.copyOf(cache.program().children());
        cache.program().signal("KILL");
        cache.program().waitFor(Duration.ofSeconds(5));

        // Those that have nothing to write outlive it; RunFolderTest has one that does for certain.
        cache = builder.start();

        assertThat(orphans).noneMatch(pid -> ProcessHandle.of(pid).isPresent());
    }

    @Test
    void shouldRefuseAStorageThatAnotherUses() {
        CacheProcess.Ended ended = CacheProcess.builder()
                .storage(storage)
                .upstreams(ghcr.configElement("ghcr.io"))
                .runToEnd();

        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.output()).contains(storage + " is in use by another docker-registry-cache");
    }

    @Test
    void shouldNeverServeAHalfWrittenFile() throws IOException {
        layer("ghcr.io").run();
        Blob layer = ours.layers().get(1);
        cache.awaitCached("ghcr.io", layer);
        cache.program().signal("KILL");
        cache.program().waitFor(Duration.ofSeconds(5));
        try (RandomAccessFile data =
                new RandomAccessFile(cache.blobFile("ghcr.io", layer).toFile(), "rw")) {
            data.setLength(data.length() / 2);
        }
        Files.writeString(storage.resolve("ghcr.io/scheduler-state.json"), "{\"half");

        cache = builder.start();

        assertThat(layer("ghcr.io").run().digest()).isEqualTo(layer.digest());
        cache.awaitCached("ghcr.io", layer);
        assertThat(layer("ghcr.io").run().digest()).isEqualTo(layer.digest());
    }

    @Test
    void shouldSayThatTheStorageCannotBeWritten() throws IOException {
        Path file = Files.createFile(storage.resolve("no-folder"));

        CacheProcess.Ended ended = CacheProcess.builder()
                .storage(file)
                .upstreams(ghcr.configElement("ghcr.io"))
                .runToEnd();

        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.output())
                .contains("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: " + file + " cannot be written");
    }

    @Test
    void shouldLaunchAChildAgainAfterTheClockWasSetBack() throws IOException {
        FakeClock.assumeAvailable();
        cache.close();
        try (FakeClock clock = FakeClock.create()) {
            clock.variables().forEach(builder::env);
            cache = builder.start();
            await().until(() -> cache.program().children().size() == 2);
            long before = child("ghcr.io");
            clock.set(Duration.ofHours(-2));
            await().pollDelay(Duration.ofSeconds(3)).until(() -> true);

            signal("KILL", before);

            await().atMost(Duration.ofSeconds(20))
                    .until(() -> cache.program().children().size() == 2 && child("ghcr.io") != before);
            assertThat(get("ghcr.io/my/image/manifests/" + newTag("t")).body()).isEqualTo(ours.manifestBytes());
        }
    }
}
