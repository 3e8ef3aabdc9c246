package io.registrycache.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.registrycache.config.Upstream;
import io.registrycache.config.Upstreams;
import io.registrycache.request.ChildRefusal;
import io.registrycache.request.ChildUnanswered;
import io.registrycache.request.Pull.Finding;
import io.registrycache.request.RegistryError;
import io.registrycache.traffic.Transfer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.support.RoutePolicySupport;
import org.apache.camel.test.junit5.CamelContextConfiguration;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.apache.camel.test.junit5.TestExecutionConfiguration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the YAML routes decide: which steps a request takes, in which order, and how it ends. */
class RouteDecisionsTest extends CamelTestSupport {

    private static final String DIGEST = "sha256:" + "0".repeat(64);
    private static final String SECRET = "secret of this launch";
    private static final List<String> STEPS = List.of(
            "fromStorage",
            "sharedBlob",
            "fromFetch",
            "findManifest",
            "manifestCheck",
            "childRefused",
            "doorAnswer",
            "catalog",
            "authorize",
            "sendToUpstream",
            "awaitChild",
            "findReferrers",
            "homePage",
            "listTags");

    private final Upstream hub = Upstream.of("test", "registry-1.docker.io", "", List.of(), Map.of());
    private final Upstream ghcr = Upstream.of("test", "ghcr.io", "", List.of("gh"), Map.of());
    /** What a step does beside being noted. */
    private final Map<String, Processor> acts = new HashMap<>();

    private final List<String> taken = new ArrayList<>();

    public static final class Asked {
        private final AtomicInteger turns = new AtomicInteger(3);

        public boolean isOpen() {
            return turns.getAndDecrement() > 0;
        }
    }

    public final class Storage implements Processor {
        @Override
        public void process(Exchange exchange) throws Exception {
            take("bucketCheck", exchange);
        }

        public void refuseWhileAsked(Exchange exchange) throws Exception {
            take("refuseWhileAsked", exchange);
        }
    }

    @Override
    public void configureTest(TestExecutionConfiguration test) {
        super.configureTest(test);
        test.withUseAdviceWith(true);
    }

    @Override
    public void configureContext(CamelContextConfiguration configuration) {
        super.configureContext(configuration);
        configuration.withMockEndpointsAndSkip("direct:relay|direct:catalog");
    }

    @Override
    protected void bindToRegistry(Registry registry) {
        for (String step : STEPS) {
            registry.bind(step, (Processor) exchange -> take(step, exchange));
        }
        registry.bind("bucketCheck", new Storage());
        registry.bind("answered", new Found(Finding.ANSWERED));
        registry.bind("atChild", new Found(Finding.AT_CHILD));
        registry.bind("confirmed", new Found(Finding.CONFIRMED));
        registry.bind("fresh", new Found(Finding.FRESH));
        registry.bind("outage", new Found(Finding.OUTAGE));
        registry.bind("requestReader", new RequestReader(() -> new Upstreams(List.of(hub, ghcr))));
        registry.bind(
                "doorReader",
                new DoorReader(
                        Map.of("ghcr.io", new DoorReader.Child(() -> ghcr, () -> List.of(SECRET))),
                        new PassedCaches()));
        registry.bind("errorAnswer", new ErrorAnswer());
        registry.bind("upstreamLife", new RoutePolicySupport() {});
    }

    private void take(String step, Exchange exchange) throws Exception {
        taken.add(step);
        acts.getOrDefault(step, nothing -> {}).process(exchange);
    }

    @BeforeEach
    void loadTheFilesAsTheyAre() throws Exception {
        for (String file : List.of("errors", "upstream", "front-door", "back-door", "fetch")) {
            PluginHelper.getRoutesLoader(context)
                    .loadRoutes(ResourceHelper.fromString(
                            file + ".camel.yaml", Files.readString(Path.of("routes/" + file + ".camel.yaml"))));
        }
        for (String upstream : List.of("registry-1.docker.io", "ghcr.io")) {
            context.addRouteFromTemplate(upstream, "upstream", Map.of("name", upstream));
        }
        for (String door : List.of("front-door", "back-door")) {
            AdviceWith.adviceWith(context, door, route -> route.replaceFromWith("direct:" + door));
        }
        AdviceWith.adviceWith(context, "relay", route -> {
            route.replaceFromWith("direct:to-relay");
            route.weaveByType(ToDynamicDefinition.class).replace().process(exchange -> take("child", exchange));
        });
        context.start();
    }

    private Exchange ask(String route, String method, String target, String... headers) {
        HttpRequest asked = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.valueOf(method), target);
        for (int i = 0; i < headers.length; i += 2) {
            asked.headers().set(headers[i], headers[i + 1]);
        }
        ClientConnection client = new ClientConnection(new ClientConnections(List.of()));
        Transfer transfer = new Transfer(asked, new InetSocketAddress(0));
        return template.send(
                "direct:" + route, exchange -> exchange.setVariable("pull", new PullRequest(asked, client, transfer)));
    }

    private Exchange pull(String target) {
        return ask("front-door", "GET", target);
    }

    private static int status(Exchange exchange) {
        return exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
    }

    private MockEndpoint mock(String name) {
        return getMockEndpoint("mock:direct:" + name);
    }

    private void finds(String step, Finding... findings) {
        Iterator<Finding> next = List.of(findings).iterator();
        acts.put(step, exchange -> {
            if (next.hasNext()) {
                PullRequest.of(exchange).found(next.next());
            }
        });
    }

    private int sentToChild() {
        return mock("relay").getReceivedCounter();
    }

    @ParameterizedTest
    @CsvSource({
        "/v2/ghcr.io/my/image/manifests/1, ghcr.io",
        "/v2/gh/my/image/manifests/1, ghcr.io",
        "/v2/my/image/manifests/1?ns=ghcr.io, ghcr.io",
        "/v2/ghcr.io/my/image/manifests/1?ns=ghcr.io, ghcr.io",
        "/ghcr.io/v2/my/image/manifests/1, ghcr.io",
        "/v2/debian/manifests/1, registry-1.docker.io",
        "/v2/docker.io/my/image/manifests/1, registry-1.docker.io",
        "/v2/my/image/manifests/1?ns=docker.io, registry-1.docker.io",
    })
    void shouldRouteByPrefixByNamespaceAndElseToTheDefault(String target, String upstream) {
        Exchange answered = pull(target);

        assertThat(answered.getVariable("upstream")).isEqualTo(upstream);
        assertThat(answered.getFromRouteId()).isEqualTo("front-door");
        assertThat(taken).startsWith("fromStorage");
    }

    @Test
    void shouldAnswerAPingAndRefuseAHostThatIsNotAnUpstream() {
        assertThat(pull("/v2/").getMessage().getBody()).isEqualTo("{}");
        assertThat(status(pull("/v2/quay.io/my/image/manifests/1"))).isEqualTo(404);
        assertThat(taken).isEmpty();
    }

    @Test
    void shouldStopAtStoredContent() {
        finds("fromStorage", Finding.ANSWERED);
        Exchange answered = pull("/v2/ghcr.io/my/image/blobs/" + DIGEST);

        assertThat(taken).containsExactly("fromStorage");
        assertThat(answered.isRouteStop()).isTrue();
        assertThat(sentToChild()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"blobs", "manifests"})
    void shouldSendStoredContentThatOnlyTheChildCanAnswerToTheChild(String kind) {
        finds("fromStorage", Finding.AT_CHILD);
        pull("/v2/ghcr.io/my/image/" + kind + "/" + DIGEST);

        assertThat(taken).containsExactly("fromStorage");
        assertThat(sentToChild()).isOne();
    }

    @Test
    void shouldFetchABlobThatIsNotStoredWithoutTheChild() {
        pull("/v2/ghcr.io/my/image/blobs/" + DIGEST);

        assertThat(taken).containsExactly("fromStorage", "sharedBlob", "bucketCheck", "fromFetch");
        assertThat(sentToChild()).isZero();
    }

    @Test
    void shouldAnswerABlobFromStorageOnceItsUpstreamConfirmsIt() {
        finds("fromStorage", Finding.NOTHING, Finding.ANSWERED);
        finds("sharedBlob", Finding.CONFIRMED);
        pull("/v2/ghcr.io/my/image/blobs/" + DIGEST);

        assertThat(taken).containsExactly("fromStorage", "sharedBlob", "fromStorage");
    }

    @Test
    void shouldFetchAConfirmedBlobThatStorageLost() {
        finds("sharedBlob", Finding.CONFIRMED);
        pull("/v2/ghcr.io/my/image/blobs/" + DIGEST);

        assertThat(taken).containsExactly("fromStorage", "sharedBlob", "fromStorage", "bucketCheck", "fromFetch");
    }

    @Test
    void shouldLeaveABlobToTheChildThatHasIt() {
        finds("bucketCheck", Finding.AT_CHILD);
        pull("/v2/ghcr.io/my/image/blobs/" + DIGEST);

        assertThat(taken).doesNotContain("fromFetch");
        assertThat(sentToChild()).isOne();
    }

    @Test
    void shouldAskTheUpstreamAboutATagBeforeTheChild() {
        pull("/v2/ghcr.io/my/image/manifests/1");

        assertThat(taken).containsExactly("fromStorage", "findManifest", "manifestCheck");
        assertThat(sentToChild()).isOne();
    }

    @ParameterizedTest
    @EnumSource(names = {"OUTAGE", "FRESH"})
    void shouldNotAskTheUpstreamAboutATagDuringAnOutageOrWhileItIsFresh(Finding found) {
        finds("fromStorage", Finding.NOTHING, Finding.ANSWERED);
        finds("findManifest", found);
        pull("/v2/ghcr.io/my/image/manifests/1");

        assertThat(taken).containsExactly("fromStorage", "findManifest", "fromStorage");
        assertThat(sentToChild()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"CONFIRMED", "OUTAGE"})
    void shouldAnswerAStoredTagThatItsUpstreamConfirmsOrSaysNothingAbout(Finding found) {
        finds("fromStorage", Finding.NOTHING, Finding.ANSWERED);
        finds("findManifest", Finding.STORED);
        finds("manifestCheck", found);
        pull("/v2/ghcr.io/my/image/manifests/1");

        assertThat(taken).containsExactly("fromStorage", "findManifest", "manifestCheck", "fromStorage");
        assertThat(sentToChild()).isZero();
    }

    @Test
    void shouldSendATagThatMovedToTheChild() {
        finds("findManifest", Finding.STORED);
        finds("manifestCheck", Finding.NOTHING);
        pull("/v2/ghcr.io/my/image/manifests/1");

        assertThat(taken).containsExactly("fromStorage", "findManifest", "manifestCheck");
        assertThat(sentToChild()).isOne();
    }

    @Test
    void shouldSendATagWhoseManifestWentAwayToTheChild() {
        finds("findManifest", Finding.OUTAGE);
        pull("/v2/ghcr.io/my/image/manifests/1");

        assertThat(taken).containsExactly("fromStorage", "findManifest", "fromStorage");
        assertThat(sentToChild()).isOne();
    }

    @Test
    void shouldRefuseAManifestWithoutTheChildIfItsUpstreamDoes() {
        acts.put("manifestCheck", exchange -> {
            throw RegistryError.upstreamDown("ghcr.io", "is unreachable").exception();
        });

        assertThat(status(pull("/v2/ghcr.io/my/image/manifests/1"))).isEqualTo(503);
        assertThat(sentToChild()).isZero();
    }

    @Test
    void shouldTryAChildThatWentAwayOnceMore() {
        AtomicInteger attempts = new AtomicInteger();
        mock("relay").whenAnyExchangeReceived(exchange -> {
            if (attempts.getAndIncrement() == 0) {
                throw new ChildUnanswered("gone");
            }
            exchange.getMessage().setBody("answer");
        });

        assertThat(pull("/v2/ghcr.io/my/image/manifests/1").getMessage().getBody())
                .isEqualTo("answer");
        assertThat(attempts).hasValue(2);
    }

    @Test
    void shouldGiveUpAChildThatIsGoneTwice() {
        mock("relay").whenAnyExchangeReceived(exchange -> {
            throw new ChildUnanswered("gone");
        });

        assertThat(status(pull("/v2/ghcr.io/my/image/manifests/1"))).isEqualTo(503);
        assertThat(sentToChild()).isEqualTo(2);
    }

    @Test
    void shouldAnswerWhatTheUpstreamSaidWhenTheChildRefuses() {
        mock("relay").whenAnyExchangeReceived(exchange -> {
            throw new ChildRefusal(500, new byte[0]);
        });
        pull("/v2/ghcr.io/my/image/manifests/1");

        assertThat(taken).endsWith("childRefused");
        assertThat(sentToChild()).isOne();
    }

    @Test
    void shouldPassAnUpstreamsRefusalOnAsItIs() {
        acts.put("fromFetch", exchange -> {
            throw new RegistryError(451, "DENIED", "for legal reasons", Map.of("Retry-After", "7")).exception();
        });
        Exchange answered = pull("/v2/ghcr.io/my/image/blobs/" + DIGEST);

        assertThat(status(answered)).isEqualTo(451);
        assertThat(answered.getMessage().getHeader("Retry-After")).isEqualTo("7");
    }

    @ParameterizedTest
    @ValueSource(classes = {IllegalStateException.class, IOException.class, NoSuchElementException.class})
    void shouldNotHideAMistakeOfOurOwn(Class<? extends Exception> kind) {
        acts.put("manifestCheck", exchange -> {
            throw kind.getConstructor(String.class).newInstance("a bug");
        });

        assertThat(status(pull("/v2/ghcr.io/my/image/manifests/1"))).isEqualTo(500);
    }

    @Test
    void shouldSayThatTheChildIsAwayWhenItsConnectionFails() {
        acts.put("child", exchange -> {
            throw new ConnectException("Connection refused");
        });

        Exchange asked = template.send("direct:to-relay", exchange -> {});

        assertThat(asked.getException()).isInstanceOf(ChildUnanswered.class).hasMessage("Connection refused");
        assertThat(taken).containsExactly("awaitChild", "child");
    }

    @Test
    void shouldSendListsWhereTheyAreMade() {
        pull("/v2/ghcr.io/my/image/tags/list");
        pull("/v2/_catalog");

        assertThat(taken).containsExactly("fromStorage", "listTags");
        assertThat(mock("catalog").getReceivedCounter()).isOne();
    }

    @Test
    void shouldSendReferrersAndTheRootWhereTheyAreAnswered() {
        pull("/v2/ghcr.io/my/image/referrers/" + DIGEST);
        ask("front-door", "GET", "/", "Accept", "text/html");

        assertThat(taken).containsSequence("fromStorage", "findReferrers").endsWith("homePage");
        assertThat(status(pull("/"))).isEqualTo(404);
    }

    private Exchange child(String user, String secret, String method, String target) {
        String both = Base64.getEncoder().encodeToString((user + ":" + secret).getBytes(StandardCharsets.UTF_8));
        return ask("back-door", method, target, "Authorization", "Basic " + both);
    }

    @Test
    void shouldOpenTheBackDoorToOurChildrenOnly() {
        assertThat(status(ask("back-door", "GET", "/v2/"))).isEqualTo(401);
        assertThat(status(child("ghcr.io", "of an earlier launch", "GET", "/v2/")))
                .isEqualTo(401);
        assertThat(status(child("quay.io", SECRET, "GET", "/v2/a/manifests/1"))).isEqualTo(401);
        assertThat(child("ghcr.io", SECRET, "GET", "/v2/").getMessage().getBody())
                .isEqualTo("{}");
        assertThat(taken).isEmpty();
    }

    @Test
    void shouldRouteAtTheBackDoorByChildAndByWhatItAsks() {
        Exchange manifest = child("ghcr.io", SECRET, "HEAD", "/v2/ghcr.io/image/manifests/1");
        assertThat(manifest.getVariable("upstream")).isEqualTo("ghcr.io");
        child("ghcr.io", SECRET, "GET", "/v2/my/image/tags/list?n=100&last=a");
        child("ghcr.io", SECRET, "GET", "/v2/my/image/blobs/" + DIGEST);

        assertThat(taken).containsExactly("doorAnswer", "doorAnswer", "refuseWhileAsked", "fromFetch");
    }

    @Test
    void shouldAskAnUpstreamUntilThereIsAnAnswer() {
        template.send("direct:ask-upstream", exchange -> exchange.setVariable("question", new Asked()));

        assertThat(taken)
                .containsExactly(
                        "authorize", "sendToUpstream", "authorize", "sendToUpstream", "authorize", "sendToUpstream");
    }

    @Override
    protected CamelContext createCamelContext() throws Exception {
        CamelContext made = super.createCamelContext();
        made.getPropertiesComponent().addInitialProperty("cache.host", "127.0.0.1");
        made.getPropertiesComponent().addInitialProperty("cache.port", "1");
        made.getPropertiesComponent().addInitialProperty("back-door.port", "2");
        made.getPropertiesComponent().addInitialProperty("netty.native", "false");
        return made;
    }
}
