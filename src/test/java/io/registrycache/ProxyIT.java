package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.ConfigElement;
import io.registrycache.rig.CorporateProxy;
import io.registrycache.rig.Credentials;
import io.registrycache.rig.FakeInternet;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.HttpReply;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.Skopeo;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Upstreams with their real names, certificates and token service, which only a company's proxy leads to. */
class ProxyIT {

    private static final Credentials EMPLOYEE = new Credentials("me@company", "p[w{&>:'\"#! x@/");
    private static final Set<String> UPSTREAMS =
            Set.of("registry-1.docker.io:443", "auth.docker.io:443", "ghcr.io:443");

    private static FakeInternet internet;
    private static PushedImage ofHub;
    private static PushedImage ofGhcr;

    @TempDir
    private Path copies;

    @BeforeAll
    static void start() throws IOException {
        internet = FakeInternet.start();
        try (OciImage image = OciImage.random(1, 10_000, 3_000_000)) {
            ofHub = image.push(internet.hub(), "library/debian", "1");
            ofGhcr = image.push(internet.ghcr(), "my/image", "1");
        }
    }

    @AfterAll
    static void stop() {
        internet.close();
    }

    private static CacheProcess.Builder behind(String... proxyVariables) {
        String hub = "{\"registry\": \"registry-1.docker.io\", \"variables\": "
                + "{\"REGISTRY_PROXY_USERNAME\": \"puller\", \"REGISTRY_PROXY_PASSWORD\": \"p[w{&>:'\\\"#! x\"}}";
        CacheProcess.Builder builder = CacheProcess.builder()
                .upstreams(hub, "\"ghcr.io\"")
                .env("SSL_CERT_FILE", internet.authority().trusted().toString());
        for (int i = 0; i < proxyVariables.length; i += 2) {
            builder.env(proxyVariables[i], proxyVariables[i + 1]);
        }
        return builder;
    }

    private void assertServed(CacheProcess cache) throws IOException {
        assertThat(Skopeo.anonymous().copy(cache.endpoint() + "/debian:1", copies.resolve("hub")))
                .isEqualTo(ofHub.manifestDigest());
        assertThat(Skopeo.anonymous().copy(cache.endpoint() + "/ghcr.io/my/image:1", copies.resolve("ghcr")))
                .isEqualTo(ofGhcr.manifestDigest());
    }

    private static HttpReply ask(CacheProcess cache, String name) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(cache.endpoint())) {
            probe.get("/v2/" + name, "Accept: " + ofGhcr.mediaType());
            return probe.receive();
        }
    }

    @ParameterizedTest
    @CsvSource({"http_proxy, https_proxy, SSL_CERT_FILE", "HTTP_PROXY, HTTPS_PROXY, SSL_CERT_DIR"})
    void shouldReachUpstreamsAndNothingElseThroughTheProxy(String http, String https, String trust) throws IOException {
        try (CorporateProxy proxy = CorporateProxy.to(internet.map());
                CacheProcess cache = behind(http, proxy.url(), https, proxy.url())
                        .env("SSL_CERT_FILE", "")
                        .env(
                                trust,
                                trust.endsWith("DIR")
                                        ? internet.authority().trustedFolder().toString()
                                        : internet.authority().trusted().toString())
                        .start()) {
            assertServed(cache);
            // Asked by the cache itself.
            assertThat(ask(cache, "ghcr.io/no/image/manifests/1").status()).isEqualTo(404);
            assertThat(ask(cache, "no/image/manifests/1").status()).isEqualTo(404);

            assertThat(proxy.targets()).isEqualTo(UPSTREAMS);
        }
    }

    @Test
    void shouldGiveThePasswordToTheProxyOnly() throws IOException {
        try (CorporateProxy proxy = CorporateProxy.to(internet.map(), EMPLOYEE);
                CacheProcess cache = behind("https_proxy", proxy.url()).start()) {
            assertServed(cache);
            assertThat(ask(cache, "ghcr.io/no/image/manifests/1").status()).isEqualTo(404);

            assertThat(proxy.targets()).isEqualTo(UPSTREAMS);
            assertSilent(cache, EMPLOYEE);
        }
    }

    @Test
    void shouldNameAProxyThatIsDownWithoutItsPassword() throws IOException {
        CorporateProxy gone = CorporateProxy.to(internet.map(), EMPLOYEE);
        gone.close();
        try (CacheProcess cache = behind("https_proxy", gone.url()).start()) {
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                HttpReply reply = ask(cache, "ghcr.io/my/image/manifests/1");
                assertThat(reply.status()).isEqualTo(503);
                assertThat(reply.text()).contains("ghcr.io", "through the proxy " + gone.host());
                assertThat(reply.text()).doesNotContain(EMPLOYEE.user());
            });

            await().untilAsserted(() -> assertThat(cache.program().output())
                    .contains("upstream=ghcr.io reachable=false", "through the proxy " + gone.host()));
            assertSilent(cache, EMPLOYEE);
        }
    }

    @Test
    void shouldSayThatTheProxyRefusesThePassword() throws IOException {
        Credentials wrong = new Credentials("me@company", "the wrong one");
        try (CorporateProxy proxy = CorporateProxy.to(internet.map(), EMPLOYEE);
                CacheProcess cache = behind(
                                "https_proxy",
                                "http://me%40company:" + CorporateProxy.encoded(wrong.password()) + "@" + proxy.host())
                        .start()) {
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(
                                    ask(cache, "ghcr.io/my/image/manifests/1").status())
                            .isEqualTo(503));

            await().untilAsserted(() -> assertThat(cache.program().output())
                    .contains("upstream=ghcr.io reachable=false", "Proxy Authentication Required"));
            assertThat(proxy.targets()).isEmpty();
            assertSilent(cache, wrong);
        }
    }

    @Test
    void shouldUseAProxyForOneUpstreamAndNotForOthers() throws IOException {
        // Go always connects to 127.0.0.1 directly, but uses the proxy for this name of the same address.
        try (UpstreamRegistry upstream = UpstreamRegistry.open();
                OciImage image = OciImage.random(2, 1_000);
                CorporateProxy proxy = CorporateProxy.to(internet.map());
                CorporateProxy another = CorporateProxy.to(internet.map());
                CacheProcess cache = behind("HTTP_PROXY", proxy.url())
                        .upstreams(
                                of("through", upstream, "", ""),
                                of("direct", upstream, "http_proxy", ""),
                                of("another", upstream, "http_proxy", another.url()),
                                of("exempt", upstream, "no_proxy", "10.0.0.0/8,0.0.0.0/8"))
                        .start()) {
            image.push(upstream, "my/image", "1");

            String target = "0.0.0.0:" + upstream.port();
            for (String name : new String[] {"direct", "exempt", "another", "through"}) {
                HttpReply reply = ask(cache, name + "/my/image/manifests/1");
                assertThat(reply.status()).as(name + ": " + reply.text()).isEqualTo(200);
                assertThat(ask(cache, name + "/no/image/manifests/1").status()).isEqualTo(404);
            }
            assertThat(proxy.targets()).containsExactly(target);
            assertThat(another.targets()).containsExactly(target);
        }
    }

    private static String of(String name, UpstreamRegistry upstream, String variable, String value) {
        String url = "http://0.0.0.0:" + upstream.port();
        return variable.isEmpty() ? ConfigElement.of(name, url) : ConfigElement.of(name, url, variable, value);
    }

    @Test
    void shouldPullThroughAProxyWithTls() throws IOException {
        try (CorporateProxy proxy = CorporateProxy.withTls(internet.map(), internet.authority());
                CacheProcess cache = behind("https_proxy", proxy.url()).start()) {
            assertServed(cache);
            assertThat(ask(cache, "ghcr.io/no/image/manifests/1").status()).isEqualTo(404);
            assertThat(proxy.targets()).isEqualTo(UPSTREAMS);
        }
    }

    private static void assertSilent(CacheProcess cache, Credentials credentials) {
        assertThat(cache.program().output())
                .doesNotContain(credentials.password(), CorporateProxy.encoded(credentials.password()));
    }
}
