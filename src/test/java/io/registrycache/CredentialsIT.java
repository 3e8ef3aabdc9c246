package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.registrycache.rig.Blob;
import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.ConfigElement;
import io.registrycache.rig.CorporateProxy;
import io.registrycache.rig.Credentials;
import io.registrycache.rig.Download;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.HttpReply;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.TokenGate;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Credentials of upstreams, with every special character: they work, and appear nowhere else. */
class CredentialsIT {

    private static final Credentials BASIC = UpstreamRegistry.CREDENTIALS;
    private static final Credentials BEARER = new Credentials("!me", "!lead[ing{&>:'\"#% x");
    private static final Credentials WRONG = new Credentials("&me", "*wrong[{&>:'\"#% x");

    private UpstreamRegistry basic;
    private UpstreamRegistry open;
    private TokenGate gate;
    private PushedImage ofBasic;
    private PushedImage ofBearer;
    private CacheProcess cache;

    @BeforeEach
    void start() throws IOException {
        basic = UpstreamRegistry.withPassword();
        open = UpstreamRegistry.open();
        gate = TokenGate.before(open, BEARER);
        try (OciImage image = OciImage.random(1, 10_000)) {
            ofBasic = image.push(basic, "my/image", "1");
            ofBearer = image.push(open, "my/image", "1");
        }
        cache = CacheProcess.builder()
                .upstreams(
                        basic.configElement("basic"),
                        gate.configElement("bearer"),
                        ConfigElement.of("wrong", gate.url(), WRONG))
                .env("REGISTRY_LOG_LEVEL", "debug")
                .start();
    }

    @AfterEach
    void stop() {
        cache.close();
        gate.close();
        open.close();
        basic.close();
    }

    private static HttpReply get(String endpoint, String path) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(endpoint)) {
            probe.get(path, "Accept: application/vnd.oci.image.manifest.v1+json");
            return probe.receive();
        }
    }

    private void assertServed(String name, PushedImage image) throws IOException {
        String manifest = "/v2/" + name + "/my/image/manifests/1";
        // A busy machine starts children late.
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(
                        () -> assertThat(get(cache.endpoint(), manifest).body()).isEqualTo(image.manifestBytes()));
        Blob layer = image.layers().get(0);
        assertThat(Download.of(cache.url() + "/v2/" + name + "/my/image/blobs/" + layer.digest())
                        .run()
                        .digest())
                .isEqualTo(layer.digest());
    }

    @Test
    void shouldBeAcceptedByTheirUpstreamAndAppearNowhereElse() throws Exception {
        assertServed("basic", ofBasic);
        assertServed("bearer", ofBearer);
        HttpReply unknown = get(cache.endpoint(), "/v2/basic/no/image/manifests/1");
        HttpReply refused = get(cache.endpoint(), "/v2/wrong/my/image/manifests/1");
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(refused.status()).isEqualTo(401);
        assertFilesAreClosed();
        assertSilent("a command line", commandLines());
        for (long child : cache.program().children()) {
            assertSilent("a child's environment", text(Path.of("/proc/" + child + "/environ")));
        }
        for (Path file : filesOfTheCache()) {
            assertSilent(file.toString(), text(file));
        }

        // A child that cannot reach its upstream says a lot.
        basic.stop();
        gate.close();
        cache.program().children().stream()
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .forEach(ProcessHandle::destroy);
        HttpReply cached = get(cache.endpoint(), "/v2/basic/my/image/manifests/1");
        assertThat(cached.status())
                .as(() -> cached.text() + cache.program().tail())
                .isEqualTo(200);
        HttpReply down = get(cache.endpoint(), "/v2/bearer/other/image/manifests/1");
        assertThat(down.status()).isEqualTo(503);

        for (HttpReply error : List.of(unknown, refused, down)) {
            assertSilent("an error", error.headers() + error.text());
        }
        for (String page : List.of("/observe/health", "/observe/metrics")) {
            assertSilent(page, get(cache.managementEndpoint(), page).text());
        }
        assertSilent("the log", cache.program().output());
    }

    private String commandLines() throws IOException {
        StringBuilder all = new StringBuilder();
        List<Long> children = cache.program().children();
        assertThat(children).hasSizeGreaterThanOrEqualTo(3);
        for (long pid : Stream.concat(Stream.of(cache.program().pid()), children.stream())
                .toList()) {
            all.append(new String(Files.readAllBytes(Path.of("/proc/" + pid + "/cmdline")), StandardCharsets.UTF_8));
        }
        return all.toString();
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }

    private List<Path> filesOfTheCache() throws IOException {
        try (Stream<Path> files = Files.walk(cache.storage())) {
            List<Path> all = files.filter(Files::isRegularFile).toList();
            assertThat(all).hasSizeGreaterThan(5);
            return all;
        }
    }

    private void assertFilesAreClosed() throws IOException {
        Path folder = cache.storage().resolve(".docker-registry-cache");
        assertThat(Files.getPosixFilePermissions(folder)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.filter(file -> file.toString().endsWith(".json")))
                    .hasSizeGreaterThanOrEqualTo(3)
                    .allSatisfy(file -> assertThat(Files.getPosixFilePermissions(file))
                            .isEqualTo(PosixFilePermissions.fromString("rw-------")));
        }
    }

    private static void assertSilent(String where, String text) {
        for (Credentials secret : List.of(BASIC, BEARER, WRONG)) {
            String basicValue = secret.basic().substring("Basic ".length());
            assertThat(text)
                    .as(where)
                    .doesNotContain(secret.password(), CorporateProxy.encoded(secret.password()), basicValue);
        }
    }
}
