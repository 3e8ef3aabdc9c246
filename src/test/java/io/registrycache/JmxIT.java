package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.registrycache.rig.Blob;
import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.Command;
import io.registrycache.rig.ConfigElement;
import io.registrycache.rig.Download;
import io.registrycache.rig.JmxClient;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.Ports;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JMX client looks on and steers, while a pull goes on. */
class JmxIT {

    private static UpstreamRegistry upstream;
    private static Blob blob;

    private final int port = Ports.free();

    @TempDir
    Path temp;

    @BeforeAll
    static void push() throws IOException {
        upstream = UpstreamRegistry.open();
        try (OciImage image = OciImage.random(1, 20_000_000)) {
            PushedImage pushed = image.push(upstream, "a/b", "1");
            blob = pushed.layers().get(0);
        }
    }

    @AfterAll
    static void stop() {
        upstream.close();
    }

    private CacheProcess.Builder builder() {
        return CacheProcess.builder()
                .upstreams(ConfigElement.with(upstream.configElement("ghcr.io"), "\"limit\": \"1GB\""))
                .env("JMX_PORT", Integer.toString(port));
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(temp.resolve(name), text);
    }

    private static Download pull(CacheProcess cache) {
        return Download.of(cache.url() + "/v2/ghcr.io/a/b/blobs/" + blob.digest());
    }

    @Test
    void shouldShowAPullWhileItGoesOn() throws Exception {
        try (CacheProcess cache = builder().start();
                JmxClient jmx = JmxClient.connect(port)) {
            assertThat(jmx.kindsOfCamel()).containsExactlyInAnyOrder("context", "health", "routes", "routegroups");
            assertThat(pull(cache).run().digest()).isEqualTo(blob.digest());
            cache.awaitCached("ghcr.io", blob);
            CompletableFuture<Download.Result> slow = CompletableFuture.supplyAsync(() -> {
                try {
                    return pull(cache).throttledTo(5_000_000).run();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            await().until(() -> jmx.upstreamAttribute("ghcr.io", "InFlight").equals(1L));
            assertThat(jmx.routeAttribute("ghcr.io", "ExchangesInflight")).isEqualTo(1L);

            assertThat(slow.get().digest()).isEqualTo(blob.digest());
            await().until(() -> jmx.upstreamAttribute("ghcr.io", "InFlight").equals(0L));
            assertThat(jmx.upstreamAttribute("ghcr.io", "Hits")).isEqualTo(1L);
            assertThat(jmx.upstreamAttribute("ghcr.io", "Misses")).isEqualTo(1L);
            assertThat(jmx.upstreamAttribute("ghcr.io", "BytesOut")).isEqualTo(2 * blob.size());
            assertThat((Long) jmx.upstreamAttribute("ghcr.io", "StoredBytes")).isGreaterThanOrEqualTo(blob.size());
            assertThat(jmx.upstreamAttribute("ghcr.io", "LimitBytes")).isEqualTo(1_000_000_000L);
            assertThat(jmx.upstreamAttribute("ghcr.io", "PinnedBytes")).isEqualTo(0L);
            assertThat(jmx.upstreamAttribute("ghcr.io", "EvictedBytes")).isEqualTo(0L);
            assertThat(jmx.upstreamAttribute("ghcr.io", "State")).isEqualTo("Serving");
            assertThat(cache.program().children()).contains((Long) jmx.upstreamAttribute("ghcr.io", "Pid"));
            assertThat(jmx.routeAttribute("ghcr.io", "ExchangesTotal")).isEqualTo(2L);

            for (List<String> pair : List.of(List.of("stop", "start"), List.of("suspend", "resume"))) {
                jmx.route("ghcr.io", pair.get(0));
                assertThat(jmx.upstreamAttribute("ghcr.io", "State")).isEqualTo("Stopped");
                await().until(() -> cache.program().children().isEmpty());
                assertThat(pull(cache).run().status()).as(pair.get(0)).isEqualTo(503);
                jmx.route("ghcr.io", pair.get(1));
                await().until(() -> jmx.upstreamAttribute("ghcr.io", "State").equals("Serving"));
                assertThat(pull(cache).run().digest()).as(pair.get(1)).isEqualTo(blob.digest());
            }
        }
    }

    @Test
    void shouldKeepAnUpstreamStoppedAndStartItAtOnce() throws Exception {
        try (CacheProcess cache = builder().start();
                JmxClient jmx = JmxClient.connect(port)) {
            for (int i = 0; i < 10; i++) {
                // In each stage of its start, by and by.
                Thread.sleep(40L * i);
                jmx.route("ghcr.io", "stop");
                assertThat(jmx.upstreamAttribute("ghcr.io", "State")).isEqualTo("Stopped");
                if (i == 5) {
                    await().during(Duration.ofSeconds(3))
                            .until(() ->
                                    jmx.upstreamAttribute("ghcr.io", "State").equals("Stopped")
                                            && cache.program().children().isEmpty());
                }
                jmx.route("ghcr.io", "start");
            }

            await().until(() -> jmx.upstreamAttribute("ghcr.io", "State").equals("Serving"));
            assertThat(cache.program().children()).containsExactly((Long) jmx.upstreamAttribute("ghcr.io", "Pid"));
            assertThat(pull(cache).run().digest()).isEqualTo(blob.digest());
            assertThat(cache.program().output()).doesNotContain("child=down");
        }
    }

    @Test
    void shouldLetTheRouteThatRunsAChildBeStoppedAndStarted() throws Exception {
        try (CacheProcess cache = builder().start();
                JmxClient jmx = JmxClient.connect(port)) {
            await().until(() -> jmx.upstreamAttribute("ghcr.io", "State").equals("Serving"));
            // Camel would wait half a minute for the exchange, which lasts as long as the child.
            jmx.stopWithin("registry-process-ghcr.io", 1);
            await().until(() -> cache.program().children().isEmpty());

            jmx.route("registry-process-ghcr.io", "start");

            await().until(() -> jmx.upstreamAttribute("ghcr.io", "State").equals("Serving"));
            assertThat(cache.program().children()).hasSize(1);
        }
    }

    @Test
    void shouldAuthenticateByPasswordAndAuthorizeByAccessFile() throws Exception {
        CacheProcess.Builder guarded = builder()
                .env("JMX_PASSWORD_FILE", file("password", "looker s3cret\n").toString())
                .env("JMX_ACCESS_FILE", file("access", "looker readonly\n").toString());
        try (CacheProcess cache = guarded.start()) {
            assertThatThrownBy(() -> JmxClient.connect(port)).isInstanceOf(SecurityException.class);
            assertThatThrownBy(() -> JmxClient.connect(port, "looker", "wrong")).isInstanceOf(SecurityException.class);
            try (JmxClient jmx = JmxClient.connect(port, "looker", "s3cret")) {
                assertThat(jmx.upstreamAttribute("ghcr.io", "Restarts")).isEqualTo(0);
                assertThatThrownBy(() -> jmx.route("ghcr.io", "stop")).isInstanceOf(SecurityException.class);
            }
            assertThat(cache.program().output()).doesNotContain("s3cret");
        }
    }

    @Test
    void shouldSpeakTls() throws Exception {
        Path keystore = temp.resolve("keystore.p12");
        Command.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "jmx",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=127.0.0.1",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-keystore",
                        keystore.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit")
                .run();
        CacheProcess.Builder withTls =
                builder().env("JMX_KEYSTORE", keystore.toString()).env("JMX_KEYSTORE_PASSWORD", "changeit");
        try (CacheProcess cache = withTls.start()) {
            assertThat(cache.program().isAlive()).isTrue();
            assertThatThrownBy(() -> JmxClient.connect(port)).isInstanceOf(IOException.class);
            // Another JVM, as the trust store of this one is already read.
            String seen = Command.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Djavax.net.ssl.trustStore=" + keystore,
                            "-Djavax.net.ssl.trustStorePassword=changeit",
                            "-cp",
                            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                            JmxClient.class.getName(),
                            Integer.toString(port))
                    .run();
            assertThat(seen).contains("Serving");
        }
    }

    @Test
    void shouldNotBeOpenToOthersByAccident() {
        CacheProcess.Ended ended = builder().env("MANAGEMENT_HOST", "0.0.0.0").runToEnd();

        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.output())
                .contains(
                        "JMX_PORT: would be open to everyone, as MANAGEMENT_HOST is 0.0.0.0; give a JMX_PASSWORD_FILE");
    }
}
