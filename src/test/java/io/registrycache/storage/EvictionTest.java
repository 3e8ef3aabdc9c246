package io.registrycache.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.registrycache.config.Limit;
import io.registrycache.config.Retention;
import io.registrycache.request.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvictionTest {

    private static final int LAYER = 100_000;

    @TempDir
    private Path folder;

    private StoredImages images;
    private Retention retention = Retention.NONE;
    private Optional<Duration> keep = Optional.empty();
    private UpstreamStorage storage;

    @BeforeEach
    void openImages() {
        images = new StoredImages(folder);
        storage = new UpstreamStorage("ghcr.io", folder, retention, keep);
    }

    private Eviction eviction(String limit) throws IOException {
        storage = new UpstreamStorage("ghcr.io", folder, retention, keep);
        return new Eviction(List.of(storage), Limit.parse("CACHE_LIMIT", limit));
    }

    private void sweep(String limit) throws IOException {
        Eviction eviction = eviction(limit);
        eviction.check();
        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> eviction.use().measured().isPresent());
    }

    private Digest config(String seed, Duration unused) throws IOException {
        return images.blob(("{\"config of\":\"" + seed + "\"}").getBytes(), unused);
    }

    @Test
    void shouldEvictTheLeastRecentlyUsedContent() throws IOException {
        Digest oldest = images.layer("a", LAYER, Duration.ofDays(3));
        Digest older = images.layer("b", LAYER, Duration.ofDays(2));
        Digest newest = images.layer("c", LAYER, Duration.ofDays(1));
        sweep("250KB");
        assertThat(images.has(oldest)).isFalse();
        assertThat(images.has(older)).isTrue();
        assertThat(images.has(newest)).isTrue();
        assertThat(storage.stored()).isEqualTo(2 * LAYER);
        assertThat(storage.evicted().bytes(Reason.LIMIT)).isEqualTo(LAYER);
        assertThat(images.layout.data(oldest).getParent()).doesNotExist();
        assertThat(Duration.between(storage.oldestUse().orElseThrow(), Instant.now())
                        .toHours())
                .isEqualTo(48);
    }

    @Test
    void shouldEvictToALimitThatIsSetWhileItRuns() throws IOException {
        Digest old = images.layer("a", LAYER, Duration.ofDays(3));
        Digest recent = images.layer("b", LAYER, Duration.ofDays(1));
        Eviction eviction = eviction("10GB");
        eviction.check();
        await().until(() -> eviction.use().measured().isPresent());
        assertThat(eviction.limitOf(storage)).isEmpty();

        storage.use(Retention.of("test", "150KB", "", List.of()), Optional.empty());
        eviction.cover(List.of(storage));

        assertThat(eviction.limitOf(storage)).contains(150_000L);
        await().untilAsserted(() -> {
            eviction.check();
            assertThat(images.has(old)).isFalse();
        });
        assertThat(images.has(recent)).isTrue();
    }

    @Test
    void shouldEvictContentThatWasUsedOnceBeforeContentThatWasUsedAgain() throws IOException {
        Digest usedAgain = images.layer("a", LAYER, Duration.ofDays(3));
        FileTime fetched = FileTime.from(Instant.now().minus(Duration.ofDays(9)));
        Files.setLastModifiedTime(images.layout.data(usedAgain), fetched);
        Digest usedOnce = images.layer("b", LAYER, Duration.ofDays(1));
        Digest justFetched = images.layer("c", LAYER, Duration.ofHours(12));
        sweep("250KB");
        assertThat(images.has(usedAgain)).isTrue();
        assertThat(images.has(usedOnce)).isFalse();
        assertThat(images.has(justFetched)).isTrue();
    }

    @Test
    void shouldEvictNothingWithinTheLimit() throws IOException {
        Digest layer = images.layer("a", LAYER, Duration.ofDays(300));
        sweep("100KB");
        assertThat(images.has(layer)).isTrue();
        assertThat(storage.oldestUse().orElseThrow()).isBefore(Instant.now().minus(Duration.ofDays(299)));
    }

    @Test
    void shouldEvictContentThatIsOlderThanKeepEvenIfThereIsRoom() throws IOException {
        keep = Optional.of(Duration.ofDays(30));
        Digest unused = images.layer("a", LAYER, Duration.ofDays(31));
        Digest used = images.layer("b", LAYER, Duration.ofDays(29));
        sweep("10GB");
        assertThat(images.has(unused)).isFalse();
        assertThat(images.has(used)).isTrue();
        assertThat(storage.evicted().bytes(Reason.KEEP)).isEqualTo(LAYER);
    }

    @Test
    void shouldNotEvictContentThatIsBeingRead() throws IOException {
        Digest read = images.layer("a", LAYER, Duration.ofDays(3));
        Digest other = images.layer("b", LAYER, Duration.ofDays(2));
        Eviction eviction = eviction("150KB");
        try (InUse.Hold reading = storage.inUse().hold(read)) {
            eviction.check();
            await().until(() -> eviction.use().measured().isPresent());
        }
        assertThat(images.has(read)).isTrue();
        assertThat(images.has(other)).isFalse();
    }

    @Test
    void shouldNotEvictPinnedImages() throws IOException {
        retention = Retention.of("test", "", "", List.of("my/app:stable"));
        Digest config = config("stable", Duration.ofDays(9));
        Digest pinned = images.layer("a", LAYER, Duration.ofDays(9));
        Digest manifest = images.manifest("my/app", "stable", Duration.ofDays(9), config, List.of(pinned));
        Digest other = images.layer("b", LAYER, Duration.ofDays(1));
        sweep("150KB");
        assertThat(images.has(other)).isFalse();
        assertThat(List.of(images.has(pinned), images.has(config), images.has(manifest)))
                .containsOnly(true);
        assertThat(storage.pinned()).isBetween((long) LAYER, LAYER + 1000L);
    }

    @Test
    void shouldSayThatMoreIsPinnedThanTheLimit() throws IOException {
        retention = Retention.of("test", "", "", List.of("my/*"));
        Digest layer = images.layer("a", LAYER, Duration.ofDays(9));
        images.manifest("my/app", "1", Duration.ofDays(9), config("1", Duration.ofDays(9)), List.of(layer));
        Eviction eviction = eviction("50KB");
        eviction.check();
        await().until(() -> eviction.use().isOverPinned());
        assertThat(images.has(layer)).isTrue();
    }

    @Test
    void shouldKeepAManifestUntilItsLastLayerGoes() throws IOException {
        Digest shared = images.layer("base", LAYER, Duration.ofDays(1));
        Digest own = images.layer("top", LAYER, Duration.ofDays(5));
        Digest manifest = images.manifest(
                "my/app", "1", Duration.ofDays(5), config("1", Duration.ofDays(5)), List.of(shared, own));
        sweep("150KB");
        assertThat(images.has(own)).isFalse();
        assertThat(images.has(manifest)).isTrue();
        assertThat(images.layout.tags("my/app").resolve("1")).exists();

        Files.delete(images.layout.data(shared));
        images.layer("new", LAYER, Duration.ZERO);
        sweep("10KB");
        assertThat(images.has(manifest)).isFalse();
        assertThat(images.layout.repositories().resolve("my")).doesNotExist();
        assertThat(storage.evicted().images(Reason.LIMIT)).isEqualTo(1);
    }

    @Test
    void shouldTakeTimesInTheFutureForNow() throws IOException {
        Digest future = images.layer("a", LAYER, Duration.ofDays(-400));
        Digest used = images.layer("b", LAYER, Duration.ofDays(1));
        sweep("10GB");
        assertThat(images.unused(future)).isBetween(Duration.ofSeconds(-1), Duration.ofMinutes(1));
        sweep("150KB");
        assertThat(images.has(used)).isFalse();
    }

    @Test
    void shouldMakeRoomBeforeALayerIsStored() throws Exception {
        Digest old = images.layer("a", LAYER, Duration.ofDays(2));
        Eviction eviction = eviction("150KB");
        eviction.check();
        await().until(() -> eviction.use().measured().isPresent());
        Room room = eviction.room(storage);
        room.reserve(LAYER).get(20, TimeUnit.SECONDS);
        assertThat(images.has(old)).isFalse();
        assertThat(storage.reserved()).isEqualTo(LAYER);
        room.release(LAYER, true);
        assertThat(storage.stored()).isEqualTo(LAYER);
        assertThat(storage.storedInLastDay()).isEqualTo(LAYER);
        assertThat(storage.storedSinceStart()).isEqualTo(LAYER);
    }

    @Test
    void shouldEvictNothingForALayerThatIsLargerThanTheLimit() throws Exception {
        Digest old = images.layer("a", LAYER, Duration.ofDays(2));
        Eviction eviction = eviction("150KB");
        assertThat(eviction.room(storage).reserve(2 * LAYER)).isCompletedExceptionally();
        assertThat(images.has(old)).isTrue();
    }

    @Test
    void shouldBoundOneUpstreamByItself() throws IOException {
        retention = Retention.of("test", "150KB", "", List.of());
        Digest oldest = images.layer("a", LAYER, Duration.ofDays(3));
        Digest newest = images.layer("b", LAYER, Duration.ofDays(1));
        sweep("10GB");
        assertThat(images.has(oldest)).isFalse();
        assertThat(images.has(newest)).isTrue();
    }

    @Test
    void shouldRemoveUploadsWithoutAWriteForAnHour() throws IOException {
        Path abandoned = upload("a", Duration.ofMinutes(61));
        Path current = upload("b", Duration.ofMinutes(59));
        sweep("10GB");
        assertThat(abandoned).doesNotExist();
        assertThat(current).exists();
    }

    private Path upload(String name, Duration ago) throws IOException {
        Path upload = images.layout.repository("my/app").resolve("_uploads").resolve(name);
        Files.createDirectories(upload);
        FileTime time = FileTime.from(Instant.now().minus(ago));
        for (Path file : List.of(Files.write(upload.resolve("data"), new byte[10]), upload)) {
            Files.getFileAttributeView(file, BasicFileAttributeView.class).setTimes(time, time, null);
        }
        return upload;
    }

    @Test
    void shouldEvictAnInterruptedDownloadButNotOneUnderWay() throws IOException {
        Digest left = new Digest("sha256", "1".repeat(64));
        Digest running = new Digest("sha256", "2".repeat(64));
        Path leftSpool = spool(left);
        Path runningSpool = spool(running);
        Eviction eviction = eviction("50KB");
        try (InUse.Hold downloading = storage.inUse().hold(running)) {
            eviction.check();
            await().until(() -> eviction.use().measured().isPresent());
        }
        assertThat(leftSpool).doesNotExist();
        assertThat(leftSpool.resolveSibling(leftSpool.getFileName() + Layout.SPOOL_RECORD))
                .doesNotExist();
        assertThat(runningSpool).exists();
    }

    private Path spool(Digest digest) throws IOException {
        Files.createDirectories(images.layout.spools());
        Path spool = images.layout.spools().resolve(digest.algorithm() + "-" + digest.hex());
        Files.write(spool.resolveSibling(spool.getFileName() + Layout.SPOOL_RECORD), new byte[10]);
        Files.write(spool, new byte[LAYER]);
        FileTime time = FileTime.from(Instant.now().minus(Duration.ofDays(1)));
        Files.getFileAttributeView(spool, BasicFileAttributeView.class).setTimes(time, time, null);
        return spool;
    }

    @Test
    void shouldCountAServedManifestAsAUseOfAllThatItReferences() throws IOException {
        Digest config = config("1", Duration.ofDays(5));
        Digest layer = images.layer("a", LAYER, Duration.ofDays(5));
        Digest manifest = images.manifest("my/app", "", Duration.ofDays(5), config, List.of(layer));
        Digest index = images.index("my/app", "1", Duration.ofDays(5), List.of(manifest));
        Digest other = images.layer("b", LAYER, Duration.ofDays(5));
        new Uses(images.layout).ofManifest(index);
        await().atMost(5, TimeUnit.SECONDS).until(() -> images.unused(index).toHours() == 0);
        assertThat(images.unused(manifest)).isLessThan(Duration.ofHours(1));
        assertThat(images.unused(config)).isLessThan(Duration.ofHours(1));
        assertThat(images.unused(layer)).isLessThan(Duration.ofHours(1));
        assertThat(images.unused(other)).isGreaterThan(Duration.ofDays(4));
    }
}
