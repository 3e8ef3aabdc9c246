package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.HttpReply;
import io.registrycache.rig.Ports;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Connections to the management port that are idle, slow, many, or meant for another host. */
class ManagementIT {

    @TempDir
    private static Path storage;

    private static CacheProcess cache;

    @BeforeAll
    static void start() throws IOException {
        for (int i = 0; i < 5_000; i++) {
            Files.createDirectories(
                    storage.resolve("ghcr.io/docker/registry/v2/repositories/a/r" + i + "/_manifests/tags/1/current"));
        }
        cache = CacheProcess.builder()
                .upstreams("{\"registry\": \"http://127.0.0.1:" + Ports.free() + "\", \"name\": \"ghcr.io\"}")
                .storage(storage)
                .env("MANAGEMENT_NAMES", "status.example.org, *.Internal.example.com")
                .env("PUBLIC_URL", "https://cache.example.com")
                .start();
    }

    @AfterAll
    static void stop() {
        cache.stop();
        cache.assertNoLeak();
        cache.close();
    }

    private static HttpReply ask(String text) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(cache.managementEndpoint())) {
            probe.send(text);
            return probe.receive();
        }
    }

    @Test
    void shouldCloseIdleAndSlowConnections() throws IOException {
        try (HttpProbe idle = HttpProbe.connect(cache.managementEndpoint());
                HttpProbe used = HttpProbe.connect(cache.managementEndpoint());
                HttpProbe slow = HttpProbe.connect(cache.managementEndpoint())) {
            used.get("/observe/health/live");
            assertThat(used.receive().status()).isEqualTo(200);
            slow.send("GET /api/status HTTP/1.1\r\n");
            for (int i = 0; i < 12; i++) {
                await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
                slow.send("X-" + i + ": 1\r\n");
            }

            assertThat(slow.closesWithin(Duration.ofSeconds(11))).isTrue();
            assertThat(idle.closesWithin(Duration.ofSeconds(5))).isTrue();
            assertThat(used.closesWithin(Duration.ofSeconds(5))).isTrue();
        }
    }

    @Test
    void shouldLeaveFileDescriptorsToPullsAndLetAProbeIn() throws IOException {
        long before = cache.program().openFiles();
        List<HttpProbe> many = new ArrayList<>();
        try {
            for (int i = 0; i < 1_000; i++) {
                many.add(HttpProbe.connect(cache.managementEndpoint()));
            }
            await().untilAsserted(() -> assertThat(cache.program().openFiles()).isLessThan(before + 150));

            assertThat(many.get(0).closesWithin(Duration.ofSeconds(5))).isTrue();
            assertThat(HttpProbe.status(cache.managementEndpoint(), "/observe/health/live"))
                    .hasValue(200);
            HttpProbe last = many.get(many.size() - 1);
            last.get("/observe/health/live");
            assertThat(last.receive().status()).isEqualTo(200);
        } finally {
            for (HttpProbe each : many) {
                each.close();
            }
        }
        await().untilAsserted(() -> assertThat(cache.program().openFiles()).isLessThan(before + 20));
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:9876,                              200",
        "10.1.2.3,                                    200",
        "[::1]:9876,                                  200",
        "localhost:9876,                              200",
        "LOCALHOST.,                                  200",
        "cache:9876,                                  200",
        "cache.default.svc:9876,                      200",
        "cache.default.svc.cluster.local:9876,        200",
        "host.docker.internal:9876,                   200",
        "cache.example.com,                           200",
        "STATUS.example.org:443,                      200",
        "a.b.internal.example.com,                    200",
        "internal.example.com,                        421",
        "rebound.example.net:9876,                    421",
        "127.0.0.1.example.net,                       421",
        "localhost.example.net,                       421",
        "evil.cache.example.com,                      421",
        "127.0.0.1@example.net,                       421",
        "<b>.example.net,                             421",
    })
    void shouldAnswerToItsOwnNamesOnly(String host, int status) throws IOException {
        for (String path : List.of("/api/status", "/observe/metrics", "/observe/health/live", "/")) {
            HttpReply reply = ask("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");

            assertThat(reply.status()).as(path).isEqualTo(status);
            if (status == 421) {
                assertThat(reply.text())
                        .startsWith("The management port does not answer to \"")
                        .endsWith("add it to MANAGEMENT_NAMES.\n")
                        .hasLineCount(1)
                        .doesNotContain("<");
            }
        }
    }

    @Test
    void shouldRefuseTwoHostsAndABody() throws IOException {
        assertThat(ask("GET /api/status HTTP/1.1\r\nHost: localhost\r\nHost: rebound.example.net\r\n\r\n")
                        .status())
                .isEqualTo(400);
        assertThat(ask("POST /api/status HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nx")
                        .status())
                .isEqualTo(405);
    }

    @Test
    void shouldShowPullCommandsWithThePublicUrl() throws IOException {
        String status =
                ask("GET /api/status HTTP/1.1\r\nHost: 10.1.2.3\r\n\r\n").text();

        assertThat(status).contains("\"pullPrefix\":\"docker pull cache.example.com/\"");
    }

    @Test
    void shouldSayWhenTooManySearch() throws IOException {
        List<HttpProbe> searching = new ArrayList<>();
        try {
            for (int i = 0; i < 60; i++) {
                searching.add(HttpProbe.connect(cache.managementEndpoint()));
            }
            for (HttpProbe each : searching) {
                each.get("/api/images?q=nothing-has-this-name");
            }
            List<Integer> statuses = new ArrayList<>();
            for (HttpProbe each : searching) {
                HttpReply reply = each.receive();
                statuses.add(reply.status());
                if (reply.status() == 503) {
                    assertThat(reply.header("Retry-After")).contains("2");
                    assertThat(reply.text()).isEqualTo("Too many searches at once; try again.");
                }
            }
            assertThat(statuses).containsOnly(200, 503);
        } catch (EOFException e) {
            throw new AssertionError("a search got no answer", e);
        } finally {
            for (HttpProbe each : searching) {
                each.close();
            }
        }
    }
}
