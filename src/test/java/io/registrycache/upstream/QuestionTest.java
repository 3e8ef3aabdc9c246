package io.registrycache.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.registrycache.config.Upstream;
import io.registrycache.request.Operation;
import io.registrycache.request.RegistryException;
import io.registrycache.request.RegistryRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The requests of a question, with their headers; the responses are scripted. */
class QuestionTest {

    private static final String DIGEST = "sha256:" + "0".repeat(64);
    private static final String BASIC = "Basic bWU6c2VjcmV0";

    private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
    private final Deque<Scripted> script = new ArrayDeque<>();
    private final List<Outgoing> sent = new ArrayList<>();
    private Small receiver = new Small(1000);

    private record Scripted(int status, Map<String, String> headers, String body) {}

    /** Plays the script, response by response; probes, which come at any time, are not a part of it. */
    private final class Stage implements Transport {
        @Override
        public Call send(Outgoing request, Receiver to) {
            boolean isProbe = request.url().getPath().equals("/v2/");
            if (!isProbe) {
                sent.add(request);
            }
            Scripted next = isProbe ? new Scripted(200, Map.of(), "") : script.remove();
            HttpResponse head =
                    new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(next.status()));
            next.headers().forEach(head.headers()::set);
            try {
                to.head(head);
                to.body(new ByteBuffer[] {ByteBuffer.wrap(next.body().getBytes(StandardCharsets.UTF_8))});
                to.end();
            } catch (Exception e) {
                to.failed(e);
            }
            return new Call() {
                @Override
                public void cancel() {}

                @Override
                public long age() {
                    return 1;
                }

                @Override
                public void read(boolean on) {}
            };
        }
    }

    @AfterEach
    void close() {
        scheduler.shutdownNow();
    }

    private void body(int status, String body) {
        script.add(new Scripted(status, Map.of(), body));
    }

    private void answer(int status, String... headers) {
        DefaultHttpHeaders all = new DefaultHttpHeaders();
        for (int i = 0; i < headers.length; i += 2) {
            all.set(headers[i], headers[i + 1]);
        }
        script.add(new Scripted(status, Map.copyOf(toMap(all)), ""));
    }

    private static Map<String, String> toMap(DefaultHttpHeaders headers) {
        return headers.entries().stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private UpstreamAccess access(String url) {
        Upstream upstream = Upstream.of("test", url, "up", List.of(), Map.of());
        Stage stage = new Stage();
        Map<String, String> environment = Map.of("REGISTRY_PROXY_USERNAME", "me", "REGISTRY_PROXY_PASSWORD", "secret");
        return new UpstreamAccess(
                upstream,
                environment,
                stage,
                new ReachabilityMonitor(upstream, stage, scheduler),
                new RateLimit("ghcr.io"));
    }

    private void ask(UpstreamAccess access) {
        ask(access, "");
    }

    private void ask(UpstreamAccess access, String caches) {
        RegistryRequest request =
                new RegistryRequest(Operation.BLOB, access.upstream(), "", "a/b", "a/b", DIGEST, Map.of(), caches);
        Question question = new Question(
                access, request, request.upstreamTarget(), HttpMethod.GET, new DefaultHttpHeaders(), receiver);
        while (question.isOpen()) {
            question.authorize().join();
            question.ask(() -> {});
        }
    }

    private String authorization(int request) {
        return sent.get(request).headers().get("Authorization", "");
    }

    private int status() {
        return receiver.response().join().head().status().code();
    }

    private String refusal() {
        return receiver.response()
                .handle((response, failure) ->
                        failure instanceof RegistryException it ? it.error().message() : "")
                .join();
    }

    @Test
    void shouldGetATokenAndUseItForTheNextQuestion() {
        UpstreamAccess access = access("https://up.example");
        answer(401, "WWW-Authenticate", "Bearer realm=\"https://auth.example/token\",service=\"s\"");
        body(200, "{\"token\": \"t1\", \"expires_in\": 300}");
        answer(200);
        ask(access);

        assertThat(status()).isEqualTo(200);
        assertThat(sent.get(1).url())
                .hasToString("https://auth.example/token?service=s&scope=repository%3Aa%2Fb%3Apull");
        assertThat(authorization(1)).isEqualTo(BASIC);
        assertThat(authorization(2)).isEqualTo("Bearer t1");

        answer(200);
        ask(access);
        assertThat(sent).hasSize(4);
        assertThat(authorization(3)).isEqualTo("Bearer t1");
    }

    @Test
    void shouldNotSendCredentialsWhereARedirectLeads() {
        UpstreamAccess access = access("https://up.example");
        answer(401, "WWW-Authenticate", "Basic realm=\"x\"");
        answer(307, "Location", "https://cdn.example/blob?signature=1");
        answer(200);
        ask(access);

        assertThat(authorization(0)).isEmpty();
        assertThat(authorization(1)).isEqualTo(BASIC);
        assertThat(authorization(2)).isEmpty();
        assertThat(sent.get(2).trusted()).isFalse();
        assertThat(sent.get(2).headers().contains(CacheLoop.HEADER)).isFalse();
    }

    @Test
    void shouldPassOnWhichCachesARequestCameThrough() {
        answer(200);
        ask(access("https://up.example"), "cdn.example; v=1");

        assertThat(sent.get(0).headers().get(CacheLoop.HEADER)).isEqualTo("cdn.example; v=1, " + CacheLoop.ID);
    }

    @Test
    void shouldNotAskATokenServiceThatALaterChallengeNames() {
        UpstreamAccess access = access("https://up.example");
        answer(401, "WWW-Authenticate", "Bearer realm=\"https://auth.example/token\"");
        body(200, "{\"token\": \"t1\"}");
        answer(200);
        ask(access);
        answer(401, "WWW-Authenticate", "Bearer realm=\"https://evil.example/token\"");
        ask(access);

        assertThat(sent).noneMatch(request -> request.url().getHost().equals("evil.example"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://auth.example/token", "file:///etc/passwd", "not a url", "https://u:p@auth.example/"})
    void shouldNotTrustATokenServiceWithoutTls(String realm) {
        answer(401, "WWW-Authenticate", "Bearer realm=\"" + realm + "\"");
        ask(access("https://up.example"));

        assertThat(status()).isEqualTo(401);
        assertThat(sent).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc/passwd", "ftp://up.example/", "https://u:p@cdn.example/", "http:///", ":::"})
    void shouldNotFollowARedirectThatIsNotHttp(String location) {
        answer(307, "Location", location);
        ask(access("https://up.example"));

        assertThat(refusal()).contains("redirects").doesNotContain("passwd", "u:p");
        assertThat(sent).hasSize(1);
    }

    @Test
    void shouldFollowARelativeRedirectWithCredentialsAndEndACircle() {
        for (int i = 0; i < 10; i++) {
            answer(302, "Location", "/again");
        }
        ask(access("https://up.example"));

        assertThat(refusal()).contains("redirects more than");
        assertThat(sent)
                .hasSizeLessThan(8)
                .allMatch(request -> request.url().getHost().equals("up.example"));
    }

    @Test
    void shouldNotAskForEverWhenEveryAnswerIs401() {
        answer(401, "WWW-Authenticate", "Bearer realm=\"https://auth.example/token\"");
        body(200, "{\"token\": \"t1\"}");
        answer(401, "WWW-Authenticate", "Bearer realm=\"https://auth.example/token\"");
        ask(access("https://up.example"));

        assertThat(status()).isEqualTo(401);
    }

    @Test
    void shouldNotTryBadCredentialsAgainForEachClient() {
        UpstreamAccess access = access("https://up.example");
        answer(401, "WWW-Authenticate", "Bearer realm=\"https://auth.example/token\"");
        answer(401);
        ask(access);
        ask(access);

        assertThat(sent).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "<html>", "{\"token\": \"a\\r\\nb\"}"})
    void shouldCallATokenServiceThatGivesNoTokenUnavailable(String body) {
        answer(401, "WWW-Authenticate", "Bearer realm=\"https://auth.example/token\"");
        body(200, body);
        ask(access("https://up.example"));

        assertThat(refusal()).contains("token service");
    }

    private UpstreamAccess accessThatNamedATokenService() {
        UpstreamAccess access = access("https://up.example");
        answer(401, "WWW-Authenticate", "Bearer realm=\"https://auth.example/token\"");
        body(500, "");
        ask(access);
        assertThat(refusal()).contains("token service");
        receiver = new Small(1000);
        sent.clear();
        return access;
    }

    @Test
    void shouldAskWithoutATokenWhenTheTokenServiceFails() {
        UpstreamAccess access = accessThatNamedATokenService();
        answer(200);
        ask(access);

        assertThat(status()).isEqualTo(200);
        assertThat(authorization(0)).isEmpty();
        assertThat(sent).hasSize(1);
        answer(200);
        ask(access);
        assertThat(sent).hasSize(2);
    }

    @Test
    void shouldBlameTheTokenServiceIfTheUpstreamStillNeedsIt() {
        UpstreamAccess access = accessThatNamedATokenService();
        answer(401, "WWW-Authenticate", "Bearer realm=\"https://auth.example/token\"");
        ask(access);

        assertThat(refusal()).contains("token service");
        assertThat(sent).hasSize(1);
    }

    @Test
    void shouldRememberTheFirstTokenServiceWhileItIsNotNeeded() {
        UpstreamAccess access = accessThatNamedATokenService();
        answer(200);
        ask(access);
        answer(401, "WWW-Authenticate", "Bearer realm=\"https://evil.example/token\"");
        ask(access);

        assertThat(sent).hasSize(2).noneMatch(request -> request.url().getHost().equals("evil.example"));
    }

    @Test
    void shouldNotAskWithoutATokenWhenTheTokenServiceRefuses() {
        UpstreamAccess access = access("https://up.example");
        answer(401, "WWW-Authenticate", "Bearer realm=\"https://auth.example/token\"");
        body(403, "");
        ask(access);
        ask(access);

        assertThat(sent).hasSize(2);
    }
}
