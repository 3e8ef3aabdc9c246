package io.registrycache.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.registrycache.config.Limit;
import io.registrycache.config.Retention;
import io.registrycache.request.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Room is made before something is stored. */
class RoomTest {

    private static final int LAYER = 100_000;

    @TempDir
    private Path folder;

    private StoredImages images;
    private UpstreamStorage storage;

    @BeforeEach
    void open() {
        images = new StoredImages(folder);
        storage = new UpstreamStorage("ghcr.io", folder, Retention.NONE, Optional.empty());
    }

    private Room room(String limit) throws IOException {
        return new Eviction(List.of(storage), Limit.parse("CACHE_LIMIT", limit)).room(storage);
    }

    @Test
    void shouldCountTheContentOfAnEarlierRun() throws Exception {
        Digest old = images.layer("a", LAYER, Duration.ofDays(2));
        room("150KB").reserve(LAYER).get(20, TimeUnit.SECONDS);
        assertThat(images.has(old)).isFalse();
    }

    @Test
    void shouldCountTheContentOfAnUpstreamThatIsAddedLater() throws Exception {
        Digest old = images.layer("a", LAYER, Duration.ofDays(2));
        Eviction eviction = new Eviction(List.of(), Limit.parse("CACHE_LIMIT", "150KB"));
        eviction.check();
        eviction.cover(List.of(storage));
        eviction.room(storage).reserve(LAYER).get(20, TimeUnit.SECONDS);
        assertThat(images.has(old)).isFalse();
    }

    @Test
    void shouldEvictOtherContentWhenTheOldestIsRead() throws Exception {
        Digest oldest = images.layer("a", LAYER, Duration.ofDays(3));
        Digest other = images.layer("b", LAYER, Duration.ofDays(2));
        try (InUse.Hold reading = storage.inUse().hold(oldest)) {
            room("250KB").reserve(LAYER).get(20, TimeUnit.SECONDS);
        }
        assertThat(images.has(oldest)).isTrue();
        assertThat(images.has(other)).isFalse();
    }

    @Test
    void shouldMakeRoomForAllWhoAskAtTheSameTime() throws Exception {
        for (int i = 0; i < 10; i++) {
            images.layer("layer" + i, LAYER, Duration.ofHours(2 + i));
        }
        Room room = room("1MB");
        List<CompletableFuture<Void>> asked = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            asked.add(CompletableFuture.runAsync(() -> room.reserve(LAYER).join()));
        }
        for (CompletableFuture<Void> each : asked) {
            each.get(20, TimeUnit.SECONDS);
        }
        assertThat(storage.reserved()).isEqualTo(5 * LAYER);
        assertThat(storage.stored()).isBetween(4L * LAYER, 5L * LAYER);
    }

    @Test
    void shouldCountContentThatIsStoredDuringASweep() {
        storage.reserve(LAYER);
        storage.measuring();
        storage.release(LAYER, true);
        storage.measured(2 * LAYER, 0, 0);
        assertThat(storage.stored()).isEqualTo(3 * LAYER);
    }
}
