package io.registrycache.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.registrycache.config.Upstream;
import io.registrycache.config.Upstreams;
import io.registrycache.request.RegistryRequest;
import io.registrycache.traffic.Transfer;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatisticsTest {

    private static final Instant NOON = Instant.parse("2026-03-01T12:30:00Z");
    private static final Upstreams UPSTREAMS =
            new Upstreams(List.of(Upstream.of("test", "ghcr.io", "", List.of(), Map.of())));

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("statistics");
    }

    private static Traffic at(Instant time) {
        return new Traffic(Clock.fixed(time, ZoneOffset.UTC));
    }

    private static void pull(Traffic traffic, String tag) throws Exception {
        DefaultHttpRequest asked =
                new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/v2/ghcr.io/my/image/manifests/" + tag);
        Transfer transfer = new Transfer(asked, new InetSocketAddress(0));
        traffic.began(transfer);
        transfer.asks(RegistryRequest.of("GET", asked.uri(), UPSTREAMS));
        transfer.isFresh();
        transfer.answers(Transfer.Source.STORAGE, 200, 700);
        transfer.sends(700);
        transfer.ends(true);
        traffic.ended(transfer);
    }

    private Traffic restored(Instant time) {
        Traffic next = at(time);
        new Statistics(next, file()).load();
        return next;
    }

    @Test
    void shouldSurviveARestart() throws Exception {
        Traffic traffic = at(NOON);
        pull(traffic, "1");
        pull(traffic, "1");
        pull(traffic, "2");
        new Statistics(traffic, file()).save();

        Traffic next = restored(NOON.plus(Duration.ofHours(2)));

        assertThat(next.total()).isEqualTo(new Sums(3, 0, 0, 2100, 0));
        assertThat(next.since()).isEqualTo(NOON);
        assertThat(next.lastWeek())
                .hasSize(168)
                .filteredOn(hour -> !hour.sums().isNothing())
                .containsExactly(new Periods.Period(Instant.parse("2026-03-01T12:00:00Z"), next.total()));
        assertThat(next.mostPulled().top(1))
                .containsExactly(new MostPulled.Pulls(new Image("ghcr.io", "my/image", ":1"), 2));
        pull(next, "1");
        assertThat(next.total().hits()).isEqualTo(4);
        assertThat(next.mostPulled().top(1).get(0).count()).isEqualTo(3);
    }

    @Test
    void shouldForgetHoursThatAreOlderThanAWeek() throws Exception {
        Traffic traffic = at(NOON);
        pull(traffic, "1");
        new Statistics(traffic, file()).save();

        Traffic next = restored(NOON.plus(Duration.ofDays(7)));

        assertThat(next.lastWeek()).allMatch(hour -> hour.sums().isNothing());
        assertThat(next.total().hits()).isOne();
    }

    @Test
    void shouldNotBelieveHoursOfTheFuture() throws Exception {
        Traffic traffic = at(NOON);
        pull(traffic, "1");
        new Statistics(traffic, file()).save();

        assertThat(restored(NOON.minus(Duration.ofDays(1))).lastWeek())
                .allMatch(hour -> hour.sums().isNothing());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "{}",
                "\0\0\0\0",
                "{\"since\": \"2026-03-01T12:00:00Z\", \"total\": {\"hits\": -1}, \"hours\": [], \"mostPulled\": []}",
                "{\"since\": \"soon\", \"total\": {\"hits\": 1}, \"hours\": [], \"mostPulled\": []}",
                "{\"since\": \"2026-03-01T12:00:00Z\", \"total\": {}, \"hours\": [{}], \"mostPulled\": []}",
                "{\"since\": \"2026-03-01T12:00:00Z\", \"total\": {}, \"hours\": [], \"mostPulled\": [{}]}",
                "{\"since\": \"2026-03-01T12:00:00Z\", \"total\": {}, \"hours\": [], \"mostPulled\": [null]}"
            })
    void shouldBeginAnewWithABrokenFile(String content) throws Exception {
        Files.writeString(file(), content);

        Traffic next = restored(NOON);
        assertThat(next.total()).isEqualTo(Sums.NOTHING);
        assertThat(next.since()).isEqualTo(NOON);
        assertThat(next.mostPulled().all()).isEmpty();

        pull(next, "1");
        new Statistics(next, file()).save();
        assertThat(restored(NOON).total().hits()).isOne();
    }

    @Test
    void shouldWriteOnlyAfterAChange() throws Exception {
        Traffic traffic = at(NOON);
        Statistics statistics = new Statistics(traffic, file());
        statistics.save();
        assertThat(file()).doesNotExist();
        pull(traffic, "1");
        statistics.save();
        Files.delete(file());
        statistics.save();
        assertThat(file()).doesNotExist();
    }

    @Test
    void shouldTryAgainWhenTheFileCannotBeWritten() throws Exception {
        Traffic traffic = at(NOON);
        Statistics statistics = new Statistics(traffic, folder.resolve("away/statistics"));
        pull(traffic, "1");
        statistics.save();
        Files.createDirectory(folder.resolve("away"));
        statistics.save();

        assertThat(folder.resolve("away/statistics")).exists();
    }

    @Test
    void shouldStaySmall() throws Exception {
        Traffic traffic = at(NOON);
        for (int i = 0; i < 2_000; i++) {
            pull(traffic, "tag-" + "x".repeat(100) + i);
        }
        new Statistics(traffic, file()).save();

        assertThat(file()).satisfies(it -> assertThat(Files.size(it)).isLessThan(200_000));
    }
}
