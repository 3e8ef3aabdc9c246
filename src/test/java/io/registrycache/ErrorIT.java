package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.Download;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.HttpReply;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.Ports;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The answer after a failure: a registry error, or a closed connection, and never half a body. */
class ErrorIT {

    private static UpstreamRegistry upstream;
    private static CacheProcess cache;

    @BeforeAll
    static void start() {
        upstream = UpstreamRegistry.open();
        cache = CacheProcess.builder()
                .upstreams(
                        upstream.configElement("ghcr.io"),
                        "{\"registry\": \"http://127.0.0.1:" + Ports.free() + "\", \"name\": \"down.example\"}")
                .start();
    }

    @AfterAll
    static void stop() {
        cache.stop();
        cache.assertNoLeak();
        cache.close();
        upstream.close();
    }

    private HttpReply send(String text) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(cache.endpoint())) {
            probe.send(text);
            return probe.receive();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET /v2/foo.bar/a/manifests/1,                404, NAME_UNKNOWN",
        "GET /v2/localhost/a/manifests/1,              404, NAME_UNKNOWN",
        "GET /v2/ghcr.io/a/manifests/none,             404, MANIFEST_UNKNOWN",
        "POST /v2/ghcr.io/a/blobs/uploads/,            405, UNSUPPORTED",
        "DELETE /v2/ghcr.io/a/manifests/1,             405, UNSUPPORTED",
        "PATCH   /v2/,                                 405, UNSUPPORTED",
        "TRACE /v2/,                                   405, UNSUPPORTED",
        "GET /v2/ghcr.io/A/manifests/1,                400, NAME_INVALID",
        "GET /v2/ghcr.io/../../etc/manifests/1,        400, NAME_INVALID",
        "GET /v2/ghcr.io/a/blobs/sha256:12,            400, DIGEST_INVALID",
        "GET /v2/ghcr.io/a/manifests/-,                404, MANIFEST_UNKNOWN",
        "GET /v2/ghcr.io/a%zz/manifests/1,             400, UNSUPPORTED",
        "GET /v2/ghcr.io/a b/manifests/1,              400, UNSUPPORTED",
        "GET /somewhere/else,                          404, UNSUPPORTED",
        "GET //,                                       404, UNSUPPORTED",
    })
    void shouldAnswerAsRegistriesDo(String line, int status, String code) throws IOException {
        HttpReply reply = send(line + " HTTP/1.1\r\nHost: x\r\n\r\n");

        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.header("Content-Type").orElse("")).startsWith("application/json");
        assertThat(reply.text())
                .startsWith("{\"errors\":[{\"code\":\"" + code + "\"")
                .doesNotContain("Exception", "\tat ");
    }

    @Test
    void shouldRefuseALongLineALongHeaderAndABody() throws IOException {
        assertThat(send("GET /v2/" + "a".repeat(20_000) + " HTTP/1.1\r\n\r\n").status())
                .isEqualTo(414);
        assertThat(send("GET /v2/ HTTP/1.1\r\nX: " + "a".repeat(100_000) + "\r\n\r\n")
                        .status())
                .isEqualTo(431);
        assertThat(send("GET /v2/ HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello")
                        .status())
                .isEqualTo(413);
        HttpReply push =
                send("PUT /v2/ghcr.io/a/manifests/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000000\r\n\r\nx");
        assertThat(push.status()).isEqualTo(405);
        assertThat(push.text()).contains("UNSUPPORTED");
    }

    @Test
    void shouldSay503WithRetryAfterWhenTheChildDoesNotRun() throws IOException {
        HttpReply reply = send("GET /v2/down.example/a/manifests/1 HTTP/1.1\r\nHost: x\r\n\r\n");

        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.header("Retry-After")).isPresent();
        assertThat(reply.text()).contains("down.example");
    }

    @Test
    void shouldFinishAColdPullWhoseChildDies() throws Exception {
        try (UpstreamRegistry fragile = UpstreamRegistry.open();
                OciImage image = OciImage.random(3, 60_000_000);
                CacheProcess alone = CacheProcess.builder()
                        .upstreams(fragile.configElement("ghcr.io"))
                        .start()) {
            PushedImage pushed = image.push(fragile, "a", "1");
            String url = alone.url() + "/v2/ghcr.io/a/blobs/"
                    + pushed.layers().get(0).digest();
            CompletableFuture<Download.Result> download = CompletableFuture.supplyAsync(() -> {
                try {
                    return Download.of(url).throttledTo(10_000_000).run();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            await().until(() ->
                    fragile.requests().stream().anyMatch(it -> it.path().contains("/blobs/"))
                            || connections(alone) > 0);
            Thread.sleep(1000);
            alone.program().children().forEach(ErrorIT::kill);

            assertThat(download.get().digest()).isEqualTo(pushed.layers().get(0).digest());
            assertThat(Download.of(url).run().digest())
                    .isEqualTo(pushed.layers().get(0).digest());
        }
    }

    private static long connections(CacheProcess cache) throws IOException {
        return cache.program().openFiles();
    }

    private static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void shouldCloseASlowAndIdleConnection() throws IOException {
        try (HttpProbe probe = HttpProbe.connect(cache.endpoint())) {
            probe.send("GET /v2/ HTTP/1.1\r\nHo");

            assertThat(probe.closesWithin(Duration.ofSeconds(35))).isTrue();
        }
    }
}
