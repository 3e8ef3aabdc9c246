package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.ConfigElement;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.HttpReply;
import io.registrycache.rig.LyingUpstream;
import io.registrycache.rig.Sha256;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** An upstream that gives wrong answers: the answers to clients meanwhile, and that the next pull from it is right. */
class LiesIT {

    private static final Duration CLIENTS_PATIENCE = Duration.ofSeconds(25);

    private static LyingUpstream upstream;
    private static CacheProcess cache;
    private static int repositories;

    /** A new one for each test, as nothing is cached of it. */
    private final String repository = "image/r" + repositories++;

    @BeforeAll
    static void open() throws IOException {
        upstream = LyingUpstream.open();
        cache = CacheProcess.builder()
                .upstreams(ConfigElement.of("up.example", upstream.url()))
                .start();
    }

    @AfterAll
    static void close() {
        cache.stop();
        cache.assertNoLeak();
        cache.close();
        upstream.close();
    }

    @BeforeEach
    void cacheNothing() {
        upstream.renew("a layer of " + repository);
    }

    private HttpReply get(String path) throws IOException {
        return get(cache, path);
    }

    private HttpReply get(CacheProcess from, String path) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(from.endpoint())) {
            probe.get("/v2/up.example/" + repository + path);
            return probe.receive();
        }
    }

    private String byTag() {
        return "/manifests/1";
    }

    private String byDigest() {
        return "/manifests/" + Sha256.of(upstream.manifest());
    }

    private String blob() {
        return "/blobs/" + Sha256.of(upstream.layer());
    }

    private void assertHonestAfterwards() {
        upstream.beHonest();
        // A refusal is repeated for some seconds.
        await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> {
            assertThat(get(byTag()).body()).isEqualTo(upstream.manifest());
            assertThat(get(byDigest()).body()).isEqualTo(upstream.manifest());
            assertThat(get(blob()).body()).isEqualTo(upstream.layer());
        });
    }

    static Stream<Map.Entry<String, HttpHandler>> lies() {
        byte[] other = "something else".getBytes(StandardCharsets.UTF_8);
        return Map.<String, HttpHandler>of(
                "other content",
                        exchange -> {
                            exchange.getResponseHeaders().set("Docker-Content-Digest", Sha256.of(upstream.manifest()));
                            byte[] wrong = LyingUpstream.isForBlob(exchange) ? upstream.layer() : upstream.manifest();
                            wrong[wrong.length / 2]++;
                            LyingUpstream.send(exchange, 200, type(exchange), wrong);
                        },
                "an encoding",
                        exchange -> {
                            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
                            LyingUpstream.send(exchange, 200, type(exchange), other);
                        },
                "a login page", exchange -> LyingUpstream.send(exchange, 200, "text/html", other),
                "a redirect to a login page",
                        exchange -> {
                            if (exchange.getRequestURI().getPath().startsWith("/v2/")) {
                                exchange.getResponseHeaders().set("Location", "/login");
                                LyingUpstream.send(exchange, 302, "text/plain", new byte[0]);
                            } else {
                                LyingUpstream.send(exchange, 200, "text/html", other);
                            }
                        },
                "redirects in a circle",
                        exchange -> {
                            exchange.getResponseHeaders()
                                    .set("Location", exchange.getRequestURI().getPath());
                            LyingUpstream.send(exchange, 307, "text/plain", new byte[0]);
                        },
                "a redirect to a file",
                        exchange -> {
                            exchange.getResponseHeaders().set("Location", "file:///etc/passwd");
                            LyingUpstream.send(exchange, 307, "text/plain", new byte[0]);
                        },
                "megabytes of headers",
                        exchange -> {
                            exchange.getResponseHeaders().set("X", "x".repeat(3 << 20));
                            LyingUpstream.send(exchange, 200, type(exchange), other);
                        },
                "a part that was not requested",
                        exchange -> {
                            exchange.getResponseHeaders().set("Content-Range", "bytes 5-9/14");
                            LyingUpstream.send(exchange, 206, type(exchange), "hello".getBytes(StandardCharsets.UTF_8));
                        },
                "ten megabytes", exchange -> LyingUpstream.send(exchange, 200, type(exchange), new byte[10 << 20]))
                .entrySet()
                .stream();
    }

    private static String type(HttpExchange exchange) {
        return LyingUpstream.isForBlob(exchange) ? "application/octet-stream" : "application/json";
    }

    @ParameterizedTest
    @MethodSource("lies")
    void shouldNotPassALieOn(Map.Entry<String, HttpHandler> lie) throws IOException {
        upstream.behave(lie.getValue());

        for (String path : new String[] {byDigest(), blob()}) {
            assertRefused(lie.getKey() + " " + path, path);
        }
        // Without a digest to compare with, a tag can only be checked against the digest that the upstream sends with
        // it.
        assertRefused(lie.getKey(), byTag());
        assertThat(upstream.requests()).isLessThan(60);
        assertHonestAfterwards();
    }

    private void assertRefused(String what, String path) throws IOException {
        try {
            HttpReply reply = get(path);
            assertThat(reply.status()).as(what + ": " + reply.text()).isIn(502, 503);
            assertThat(reply.text()).doesNotContain("passwd", "Exception", "/login");
        } catch (EOFException e) {
            // Broken off, which no client takes for the whole.
            assertThat(path).as(what).contains("/blobs/");
        }
    }

    @ParameterizedTest
    @CsvSource({"400", "401", "403", "404", "410", "429", "451", "500", "502", "503", "504"})
    void shouldPassAStatusOn(int status) throws IOException {
        upstream.behave(exchange -> {
            exchange.getResponseHeaders().set("Retry-After", "7");
            exchange.getResponseHeaders().set("RateLimit-Remaining", "0;w=21600");
            LyingUpstream.send(exchange, status, "application/json", new byte[0]);
        });

        for (String path : new String[] {byTag(), byDigest(), blob()}) {
            HttpReply reply = get(path);
            assertThat(reply.status()).as(path + reply.text()).isEqualTo(status);
            assertThat(reply.text()).startsWith("{\"errors\":[{\"code\":\"");
            if (status == 429) {
                assertThat(reply.header("Retry-After")).contains("7");
                assertThat(reply.header("RateLimit-Remaining")).contains("0;w=21600");
            }
        }
        assertHonestAfterwards();
    }

    @Test
    void shouldAnswerInTimeWhenTheUpstreamNeverDoes() throws IOException {
        upstream.behave(exchange -> {
            try {
                Thread.sleep(60_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });

        for (String path : new String[] {byTag(), blob()}) {
            long start = System.nanoTime();
            assertThat(get(path).status()).isEqualTo(503);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(CLIENTS_PATIENCE);
        }
        assertHonestAfterwards();
    }

    /** The layer waits behind another, so that clients get their heads from the upstream's answer to HEAD. */
    @Test
    void shouldBreakOffWhenTheLengthOfAQueuedLayerWasALie() throws Exception {
        String first = "/blobs/sha256:" + "0".repeat(64);
        try (CacheProcess narrow = CacheProcess.builder()
                .upstreams(ConfigElement.of("up.example", upstream.url()))
                .env("UPSTREAM_LAYERS", "1")
                .start()) {
            CountDownLatch second = new CountDownLatch(1);
            upstream.behave(exchange -> {
                if (exchange.getRequestURI().getPath().endsWith(first)) {
                    awaitQuietly(second);
                    LyingUpstream.send(exchange, 404, "text/plain", new byte[0]);
                } else if (exchange.getRequestMethod().equals("HEAD")) {
                    byte[] longer = Arrays.copyOf(upstream.layer(), upstream.layer().length + 1);
                    LyingUpstream.send(exchange, 200, type(exchange), longer);
                } else {
                    upstream.honest(exchange);
                }
            });
            try (HttpProbe running = HttpProbe.connect(narrow.endpoint());
                    HttpProbe queued = HttpProbe.connect(narrow.endpoint())) {
                running.get("/v2/up.example/" + repository + first);
                await().until(() -> upstream.requests() > 0);
                queued.get("/v2/up.example/" + repository + blob());
                HttpReply head = queued.receiveHead();
                assertThat(head.header("Content-Length")).contains(Integer.toString(upstream.layer().length + 1));

                second.countDown();
                assertThat(running.receive().status()).isEqualTo(404);
                assertThatThrownBy(() -> queued.body(head).readAllBytes()).isInstanceOf(EOFException.class);
            }
            upstream.beHonest();
            assertThat(get(narrow, blob()).body()).isEqualTo(upstream.layer());
            assertThat(narrow.program().output()).contains("sends a layer whose size changes");
            assertThat(narrow.stop()).isIn(0, 143);
            narrow.assertNoLeak();
        }
    }

    /** Each byte comes in time, and the last one would come in hours. */
    @Test
    void shouldNotWaitForWhatDripsIn() throws IOException {
        upstream.behave(exchange -> {
            exchange.getResponseHeaders().set("Content-Type", type(exchange));
            exchange.sendResponseHeaders(200, 10_000);
            drip(exchange);
        });
        for (String path : new String[] {byTag(), byDigest(), "/tags/list"}) {
            assertInTime(path, () -> get(path));
        }
        assertHonestAfterwards();
    }

    @Test
    void shouldNotWaitForATokenThatDripsIn() throws IOException {
        try (LyingUpstream gated = LyingUpstream.open();
                CacheProcess alone = CacheProcess.builder()
                        .upstreams(ConfigElement.of("up.example", gated.url()))
                        .start()) {
            gated.behave(exchange -> {
                if (exchange.getRequestURI().getPath().equals("/token")) {
                    exchange.sendResponseHeaders(200, 10_000);
                    drip(exchange);
                } else {
                    exchange.getResponseHeaders()
                            .set("WWW-Authenticate", "Bearer realm=\"" + gated.url() + "/token\",service=\"x\"");
                    LyingUpstream.send(exchange, 401, "application/json", new byte[0]);
                }
            });
            for (String path : new String[] {byTag(), blob()}) {
                assertInTime(path, () -> get(alone, path));
            }
            assertThat(alone.stop()).isIn(0, 143);
            alone.assertNoLeak();
        }
    }

    /** Time is not granted twice: to HEAD, and to the download that waits for its turn. */
    @Test
    void shouldAnswerInTimeForAQueuedLayerWithoutLength() throws IOException {
        String first = "/blobs/sha256:" + "0".repeat(64);
        try (CacheProcess narrow = CacheProcess.builder()
                .upstreams(ConfigElement.of("up.example", upstream.url()))
                .env("UPSTREAM_LAYERS", "1")
                .start()) {
            upstream.behave(exchange -> {
                if (exchange.getRequestMethod().equals("HEAD")) {
                    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(12));
                    exchange.getResponseHeaders().set("Transfer-Encoding", "chunked");
                    exchange.sendResponseHeaders(200, -1);
                } else if (exchange.getRequestURI().getPath().endsWith(first)) {
                    exchange.sendResponseHeaders(200, 100_000_000);
                    drip(exchange);
                } else {
                    upstream.honest(exchange);
                }
            });
            try (HttpProbe running = HttpProbe.connect(narrow.endpoint())) {
                running.get("/v2/up.example/" + repository + first);
                await().until(() -> upstream.requests() > 0);
                assertInTime(blob(), () -> get(narrow, blob()));
            }
            narrow.stop();
        }
    }

    private static void drip(HttpExchange exchange) {
        try (OutputStream out = exchange.getResponseBody()) {
            while (true) {
                out.write('{');
                out.flush();
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            }
        } catch (IOException e) {
            // The cache has left.
        }
    }

    private interface Asking {
        HttpReply reply() throws IOException;
    }

    private static void assertInTime(String what, Asking asking) throws IOException {
        long start = System.nanoTime();
        HttpReply reply = asking.reply();
        assertThat(reply.status()).as(what + reply.text()).isEqualTo(503);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).as(what).isLessThan(CLIENTS_PATIENCE);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** An upstream that once named a token service goes on to need it, so this one is not shared. */
    @Test
    void shouldCallAFailingTokenServiceUnavailable() throws IOException {
        try (LyingUpstream gated = LyingUpstream.open();
                CacheProcess alone = CacheProcess.builder()
                        .upstreams(ConfigElement.of("up.example", gated.url()))
                        .start()) {
            gated.behave(exchange -> {
                if (exchange.getRequestURI().getPath().equals("/token")) {
                    LyingUpstream.send(exchange, 500, "text/plain", new byte[0]);
                } else {
                    exchange.getResponseHeaders()
                            .set("WWW-Authenticate", "Bearer realm=\"" + gated.url() + "/token\",service=\"x\"");
                    LyingUpstream.send(exchange, 401, "application/json", new byte[0]);
                }
            });
            for (String path : new String[] {byTag(), byDigest(), blob()}) {
                HttpReply reply = get(alone, path);
                assertThat(reply.status()).as(path + reply.text()).isEqualTo(503);
                assertThat(reply.text()).contains("token service");
            }

            // It needs no token any more.
            gated.behave(exchange -> {
                if (exchange.getRequestURI().getPath().equals("/token")) {
                    LyingUpstream.send(exchange, 500, "text/plain", new byte[0]);
                } else {
                    gated.honest(exchange);
                }
            });
            await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> {
                assertThat(get(alone, byTag()).body()).isEqualTo(gated.manifest());
                assertThat(get(alone, "/blobs/" + Sha256.of(gated.layer())).body())
                        .isEqualTo(gated.layer());
            });

            // It needs one again, and the token service is mended.
            gated.renew("with a token");
            gated.behave(exchange -> {
                if (exchange.getRequestURI().getPath().equals("/token")) {
                    byte[] token = "{\"token\":\"t\"}".getBytes(StandardCharsets.UTF_8);
                    LyingUpstream.send(exchange, 200, "application/json", token);
                } else if ("Bearer t".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                    gated.honest(exchange);
                } else {
                    exchange.getResponseHeaders()
                            .set("WWW-Authenticate", "Bearer realm=\"" + gated.url() + "/token\",service=\"x\"");
                    LyingUpstream.send(exchange, 401, "application/json", new byte[0]);
                }
            });
            await().atMost(Duration.ofSeconds(15))
                    .untilAsserted(() -> assertThat(get(alone, "/blobs/" + Sha256.of(gated.layer()))
                                    .body())
                            .isEqualTo(gated.layer()));
        }
    }
}
