package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;

import io.registrycache.rig.Authority;
import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.ConfigElement;
import io.registrycache.rig.CorporateProxy;
import io.registrycache.rig.Credentials;
import io.registrycache.rig.Distance;
import io.registrycache.rig.FakeInternet;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.Ports;
import io.registrycache.rig.SickUpstream;
import io.registrycache.rig.TokenGate;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --check} says whether pulls would work, and gives the fix if not. */
class CheckIT {

    private static final Credentials RIGHT = UpstreamRegistry.CREDENTIALS;
    private static final Credentials WRONG = new Credentials("me", "wr0ng-s3cret");
    private static final Credentials EMPLOYEE = new Credentials("me@company", "p[w{&>:'\"#! x@/");
    private static final Duration LATENCY = Duration.ofMillis(80);

    @TempDir
    private Path temp;

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T opened(T rig) {
        open.add(0, rig);
        return rig;
    }

    private static CacheProcess.Ended check(CacheProcess.Builder builder) {
        CacheProcess.Ended ended = builder.arguments("--check").runToEnd();
        for (Credentials secret : List.of(RIGHT, WRONG, EMPLOYEE)) {
            assertThat(ended.output())
                    .doesNotContain(secret.password(), CorporateProxy.encoded(secret.password()), secret.basic());
        }
        assertThat(ended.output()).doesNotContain("\tat ", " WARN ", " ERROR ");
        return ended;
    }

    private static String with(String name, String url, String variable, Path value) {
        return ConfigElement.of(name, url, variable, value.toString());
    }

    private UpstreamRegistry withTls(Authority authority) {
        return opened(UpstreamRegistry.open(
                Ports.free(),
                Map.of(
                        "REGISTRY_HTTP_TLS_CERTIFICATE", authority.certificate().toString(),
                        "REGISTRY_HTTP_TLS_KEY", authority.key().toString())));
    }

    private SickUpstream sick(int status, Map<String, String> headers) throws IOException {
        return opened(SickUpstream.answering(status, Ports.free(), headers));
    }

    @Test
    void shouldFindNothingWrongWithAGoodConfigurationAlsoFromFarAway() throws IOException {
        FakeInternet internet = opened(FakeInternet.start());
        CorporateProxy proxy = opened(CorporateProxy.to(internet.map(), EMPLOYEE));
        UpstreamRegistry basic = opened(UpstreamRegistry.withPassword());
        UpstreamRegistry behindGate = opened(UpstreamRegistry.open());
        TokenGate gate = opened(TokenGate.before(behindGate));
        Distance toBasic = opened(Distance.to(basic.port(), LATENCY));
        Distance toGate = opened(Distance.to(gate.port(), LATENCY));
        SickUpstream redirecting =
                sick(307, Map.of("Location", gate.url() + "/v2/", "Content-Type", "application/json"));
        String hub = ConfigElement.of("docker.io", "registry-1.docker.io", RIGHT);
        Path routes = routes();
        Files.writeString(routes.resolve("upstreams.camel.yaml"), """
                - templatedRoute:
                    routeTemplateRef: upstream
                    routeId: yaml.example
                    parameters:
                      - { name: name, value: yaml.example }
                      - { name: registry, value: "%s" }
                """.formatted(behindGate.url()));

        CacheProcess.Ended ended = check(CacheProcess.builder()
                .upstreams(
                        hub,
                        "\"ghcr.io\"",
                        ConfigElement.of("basic", toBasic.url(), RIGHT),
                        ConfigElement.of("gate", toGate.url(), RIGHT),
                        ConfigElement.of("public", toGate.url()),
                        ConfigElement.of("open", behindGate.url(), RIGHT),
                        ConfigElement.of("redirecting", redirecting.url()))
                .env("ROUTES_DIR", routes.toString())
                .env("https_proxy", proxy.url())
                .env("SSL_CERT_FILE", internet.authority().trusted().toString())
                .env("CACHE_PROT", "5001"));

        assertThat(ended.output().lines())
                .contains(
                        "upstream    ghcr.io (https://ghcr.io), through the proxy " + proxy.host(),
                        "note        CACHE_PROT has no effect; is CACHE_PORT meant?",
                        "ok          docker.io: credentials accepted",
                        "ok          ghcr.io",
                        "ok          basic: credentials accepted",
                        "ok          gate: credentials accepted",
                        "ok          public: without credentials",
                        "ok          open: does not ask for credentials, so they are not checked",
                        "ok          redirecting: redirects to 127.0.0.1:" + gate.port()
                                + ", which gets no credentials",
                        "ok          yaml.example",
                        "no problems");
        assertThat(ended.exitCode()).isZero();
        assertThat(proxy.targets()).contains("registry-1.docker.io:443", "auth.docker.io:443", "ghcr.io:443");
        assertThat(gate.tokens()).isPositive();
    }

    @Test
    void shouldDiagnoseEachUpstreamInBoundedTime() throws IOException {
        Authority authority = opened(Authority.of("registry.example.com"));
        Authority old = opened(Authority.expired());
        UpstreamRegistry tls = withTls(authority);
        UpstreamRegistry expired = withTls(old);
        UpstreamRegistry plain = opened(UpstreamRegistry.open());
        UpstreamRegistry basic = opened(UpstreamRegistry.withPassword());
        TokenGate gate = opened(TokenGate.before(plain));
        ServerSocket silent = opened(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        ServerSocket full = full();
        int refusing = Ports.free();

        long began = System.nanoTime();
        CacheProcess.Ended ended = check(CacheProcess.builder()
                .upstreams(
                        "\"no.such.host.invalid\"",
                        ConfigElement.of("refusing", "http://127.0.0.1:" + refusing),
                        ConfigElement.of("silent", "http://127.0.0.1:" + silent.getLocalPort()),
                        ConfigElement.of("full", "http://127.0.0.1:" + full.getLocalPort()),
                        with("untrusted", "https://127.0.0.1:" + tls.port(), "SSL_CERT_FILE", old.trusted()),
                        with("misnamed", "https://localhost:" + tls.port(), "SSL_CERT_FILE", authority.trusted()),
                        with("expired", "https://127.0.0.1:" + expired.port(), "SSL_CERT_FILE", old.trusted()),
                        ConfigElement.of("plain", "https://127.0.0.1:" + plain.port()),
                        ConfigElement.of("encrypted", "http://127.0.0.1:" + tls.port()),
                        ConfigElement.of(
                                "portal",
                                sick(200, Map.of("Content-Type", "text/html")).url()),
                        ConfigElement.of("nothing", sick(404, Map.of()).url()),
                        ConfigElement.of(
                                "limited",
                                sick(429, Map.of("Retry-After", "17")).url()),
                        ConfigElement.of("failing", sick(503, Map.of()).url()),
                        ConfigElement.of("closed", sick(403, Map.of()).url()),
                        ConfigElement.of("basic", basic.url()),
                        ConfigElement.of("basic-wrong", basic.url(), WRONG),
                        ConfigElement.of("token-wrong", gate.url(), WRONG)));
        Duration took = Duration.ofNanos(System.nanoTime() - began);

        String at = "127.0.0.1:";
        assertThat(ended.output().lines().filter(line -> line.startsWith("PROBLEM")))
                .map(line -> line.substring("PROBLEM     ".length()))
                .containsExactly(
                        "no.such.host.invalid: the name no.such.host.invalid does not resolve",
                        "refusing: " + at + refusing + " refuses the connection",
                        "silent: " + at + silent.getLocalPort() + " does not answer in time",
                        "full: " + at + full.getLocalPort() + " cannot be reached: connecting takes too long",
                        "untrusted: " + at + tls.port() + ": its certificate is not trusted",
                        "misnamed: localhost:" + tls.port() + ": its certificate is for another name",
                        "expired: " + at + expired.port() + ": its certificate has expired, or is not valid yet",
                        "plain: TLS with " + at + plain.port() + " fails",
                        "encrypted: " + at + tls.port() + " is not a registry: /v2/ answers with status 400",
                        "portal: " + at + portOf(ended, "portal") + " answers with a web page (status 200)",
                        "nothing: " + at + portOf(ended, "nothing")
                                + " is not a registry: /v2/ answers with status 404",
                        "limited: " + at + portOf(ended, "limited") + " limits the rate of requests (429)",
                        "failing: " + at + portOf(ended, "failing") + " fails with status 503",
                        "closed: " + at + portOf(ended, "closed") + " denies access (403)",
                        "basic: " + at + basic.port() + " asks for a user and a password (401)",
                        "basic-wrong: " + at + basic.port() + " does not accept the credentials (401)",
                        "token-wrong: its token service " + at + gate.port()
                                + " does not accept the credentials (status 401)");
        assertThat(ended.output())
                .contains("in SSL_CERT_FILE", "wait for 17 s", "if it wants TLS, give it as https://…", "17 problems");
        assertThat(ended.exitCode()).isEqualTo(2);
        // Each is given 20 s, all at the same time; the rest is the start of the program.
        assertThat(took).isLessThan(Duration.ofSeconds(45));
    }

    /** A server whose queue of connections is full. */
    private ServerSocket full() throws IOException {
        ServerSocket full = opened(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        for (int i = 0; i < 3; i++) {
            Socket waiting = opened(new Socket());
            try {
                waiting.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), full.getLocalPort()), 200);
            } catch (IOException e) {
                break;
            }
        }
        return full;
    }

    private static String portOf(CacheProcess.Ended ended, String name) {
        return ended.output()
                .lines()
                .filter(line -> line.startsWith("upstream    " + name + " "))
                .map(line -> line.replaceFirst(".*:([0-9]+)\\).*", "$1"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldTellTheProxyFromTheUpstream() {
        FakeInternet internet = opened(FakeInternet.start());
        CorporateProxy proxy = opened(CorporateProxy.to(internet.map(), EMPLOYEE));
        String wrong = "http://me:" + CorporateProxy.encoded(WRONG.password()) + "@" + proxy.host();
        String gone = "127.0.0.1:" + Ports.free();

        CacheProcess.Ended ended = check(CacheProcess.builder()
                .upstreams(
                        ConfigElement.of("refused", "ghcr.io", "https_proxy", wrong),
                        ConfigElement.of("gone", "ghcr.io", "https_proxy", "http://" + gone),
                        ConfigElement.of("unknown", "ghcr.io", "https_proxy", "http://no.such.host.invalid:8080"),
                        ConfigElement.of("misspelt", "ghcr.io", "https_proxy", "http://:8080"),
                        ConfigElement.of("elsewhere", "quay.io", "https_proxy", proxy.url()),
                        ConfigElement.of("plain", "http://0.0.0.0:1", "http_proxy", wrong))
                .env("SSL_CERT_FILE", internet.authority().trusted().toString()));

        assertThat(ended.output().lines().filter(line -> line.startsWith("PROBLEM")))
                .map(line -> line.substring("PROBLEM     ".length()))
                .contains(
                        "refused: the proxy " + proxy.host() + " does not accept the credentials (407)",
                        "gone: the proxy " + gone + " cannot be reached: connection refused",
                        "unknown: the proxy no.such.host.invalid:8080 cannot be reached: no such host",
                        "misspelt: https_proxy: is not a URL, and is not used",
                        "elsewhere: the proxy " + proxy.host() + " does not connect (502 Bad Gateway) to quay.io:443",
                        "plain: the proxy " + proxy.host() + " does not accept the credentials (407)");
        assertThat(ended.exitCode()).isEqualTo(2);
    }

    @Test
    void shouldNotDisturbAProgramThatRunsOnTheSameStorageAndTellItFromAnother() throws Exception {
        UpstreamRegistry upstream = opened(UpstreamRegistry.open());
        CacheProcess.Builder builder =
                CacheProcess.builder().storage(temp.resolve("storage")).upstreams(upstream.configElement("ghcr.io"));
        CacheProcess cache = opened(builder.start());
        String management = cache.managementEndpoint().substring("127.0.0.1:".length());
        String port = cache.endpoint().substring("127.0.0.1:".length());
        List<Path> before = files(temp.resolve("storage/.docker-registry-cache"));

        CacheProcess.Ended ended = check(builder.env("MANAGEMENT_PORT", management));

        assertThat(ended.output())
                .contains("CACHE_PORT: " + port + " is in use, as a docker-registry-cache runs", "no problems");
        assertThat(ended.exitCode()).isZero();
        assertThat(files(temp.resolve("storage/.docker-registry-cache"))).isEqualTo(before);
        assertThat(HttpProbe.status(cache.endpoint(), "/v2/")).isEqualTo(OptionalInt.of(200));
        assertThat(cache.stop()).isZero();

        ended = check(CacheProcess.builder()
                .storage(temp.resolve("storage"))
                .port(upstream.port())
                .upstreams(upstream.configElement("ghcr.io")));

        assertThat(ended.output())
                .contains("CACHE_PORT: " + upstream.port() + " is in use on 127.0.0.1 by another program", "1 problem");
        assertThat(ended.exitCode()).isEqualTo(2);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    @Test
    void shouldDiagnoseThisMachine() throws IOException {
        UpstreamRegistry upstream = opened(UpstreamRegistry.open());
        Path file = Files.writeString(temp.resolve("file"), "not a folder");
        Path routes = routes();
        Files.delete(routes.resolve("errors.camel.yaml"));

        CacheProcess.Ended ended = check(CacheProcess.builder()
                .upstreams(upstream.configElement("ghcr.io"))
                .storage(file.resolve("storage"))
                .env("ROUTES_DIR", routes.toString())
                .env("SSL_CERT_FILE", temp.resolve("nothing.pem").toString())
                .env("CACHE_HOST", "192.0.2.7")
                .env("REGISTRY_COMMAND", "/bin/false"));

        assertThat(ended.output())
                .contains(
                        "PROBLEM     REGISTRY_COMMAND: /bin/false does not run: ends with 1",
                        "PROBLEM     REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: " + file + " cannot be written",
                        "PROBLEM     SSL_CERT_FILE: " + temp + "/nothing.pem holds no certificates",
                        "PROBLEM     CACHE_HOST: \"192.0.2.7\" is not an address of this machine",
                        "PROBLEM     ROUTES_DIR: " + routes + " has no errors.camel.yaml",
                        "ok          ghcr.io",
                        "5 problems");
        assertThat(ended.exitCode()).isEqualTo(2);
    }

    @Test
    void shouldPrintAMistakeThatLeavesNothingToCheckAsAStartDoes() {
        CacheProcess.Ended ended = check(CacheProcess.builder().config("[\"ghcr.io/foo\"]"));

        assertThat(ended.output().lines())
                .containsExactly(
                        "docker-registry-cache: CONFIG[0].registry: \"ghcr.io/foo\" has a path; give the host only");
        assertThat(ended.exitCode()).isEqualTo(2);
    }

    private Path routes() throws IOException {
        Path routes = Files.createDirectory(temp.resolve("routes"));
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            for (Path file : files.toList()) {
                Files.copy(file, routes.resolve(file.getFileName()));
            }
        }
        return routes;
    }
}
