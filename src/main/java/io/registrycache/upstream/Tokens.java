package io.registrycache.upstream;

import static io.registrycache.request.Json.JSON;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.registrycache.config.Authority;
import io.registrycache.config.Upstream;
import io.registrycache.log.LastingState;
import io.registrycache.request.Operation;
import io.registrycache.request.RegistryError;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@code Authorization} for one upstream: nothing until it asks, then Basic or a token. A token is requested once
 * for each repository, however many clients wait for it, and used until shortly before it expires. Specification:
 * distribution's docs/spec/auth/token.md.
 *
 * <p>User and password go to the upstream itself and to the token service that it named first, and nowhere else.
 */
final class Tokens {

    private static final Logger LOG = LoggerFactory.getLogger(Tokens.class);
    private static final int LARGEST_ANSWER = 256 << 10;
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]{1,65536}");
    private static final int MOST_REPOSITORIES = 2000;
    /** Good for a minute unless it says otherwise, says the specification. */
    private static final long SHORTEST_SECONDS = 60;

    private static final Duration AFTER_BAD_CREDENTIALS = Duration.ofSeconds(30);
    private static final Duration AFTER_DENIAL = Duration.ofSeconds(5);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
    /** Until the token service has answered, and the upstream has some time left. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** The authorization of a repository's requests. */
    sealed interface Grant {
        long until();

        default boolean isOver() {
            return System.nanoTime() - until() >= 0;
        }

        /** The value of {@code Authorization}, or nothing. */
        record Given(String authorization, long until) implements Grant {}

        /** The token service refuses. */
        record Denied(RegistryError error, long until) implements Grant {}

        /** The token service fails; the upstream may answer without a token. */
        record Missing(RegistryError error, long until) implements Grant {}
    }

    /** How the upstream wants to be asked. */
    private sealed interface Scheme {
        record Open() implements Scheme {}

        record Basic() implements Scheme {}

        record Bearer(URI realm, String service) implements Scheme {}

        /** The token service failed, and the upstream answered without a token. */
        record Lapsed(Bearer named) implements Scheme {}
    }

    private final Upstream upstream;
    private final Transport transport;
    private final Optional<String> basic;
    private final Cache<String, CompletableFuture<Grant>> grants = Caffeine.newBuilder()
            .maximumSize(MOST_REPOSITORIES)
            .executor(Runnable::run)
            .build();

    private volatile Scheme scheme = new Scheme.Open();
    private volatile Grant.@Nullable Denied badCredentials;

    private final LastingState mistrusted;
    private final LastingState refused;
    private final LastingState failing;

    Tokens(Upstream upstream, Map<String, String> environment, Transport transport) {
        this.upstream = upstream;
        this.transport = transport;
        String name = "upstream=" + upstream.name();
        this.mistrusted = new LastingState(LOG, name + " token_service=mistrusted", name + " token_service=trusted");
        this.refused = new LastingState(LOG, name + " credentials=refused", name + " credentials=accepted");
        this.failing = new LastingState(LOG, name + " token_service=failing", name + " token_service=working");
        this.basic = Optional.ofNullable(environment.get("REGISTRY_PROXY_USERNAME"))
                .map(user -> user + ":" + environment.getOrDefault("REGISTRY_PROXY_PASSWORD", ""))
                .map(both -> "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8)));
    }

    /** The authorization of a request for a repository, or for none; asks the token service if it must. */
    CompletableFuture<Grant> grant(String repository) {
        Scheme now = scheme;
        if (now instanceof Scheme.Bearer bearer) {
            return token(bearer, repository);
        }
        String authorization = now instanceof Scheme.Basic ? basic.orElse("") : "";
        return CompletableFuture.completedFuture(new Grant.Given(authorization, Long.MAX_VALUE));
    }

    /**
     * The upstream answered 401.
     *
     * @param sent the {@code Authorization} that it did not accept, or nothing
     * @return whether to ask again
     */
    boolean learn(HttpHeaders headers, String repository, String sent) {
        Optional<Challenge> challenge = Challenge.best(headers.getAll(HttpHeaderNames.WWW_AUTHENTICATE));
        if (challenge.isEmpty()) {
            return false;
        }
        if (challenge.get().isBasic()) {
            scheme = new Scheme.Basic();
            return basic.isPresent() && !basic.get().equals(sent);
        }
        return learnRealm(challenge.get(), repository);
    }

    private boolean learnRealm(Challenge challenge, String repository) {
        Optional<URI> realm = realm(challenge.parameters().getOrDefault("realm", ""));
        if (realm.isEmpty()) {
            mistrusted.holds("it is not a URL, or without TLS");
            return false;
        }
        Optional<Scheme.Bearer> known = named();
        if (known.isPresent() && !Origin.of(known.get().realm()).equals(Origin.of(realm.get()))) {
            mistrusted.holds("at first it was " + Origin.of(known.get().realm()) + ", now it is "
                    + Origin.of(realm.get()) + ", which gets nothing");
            return false;
        }
        mistrusted.isOver();
        scheme = new Scheme.Bearer(realm.get(), challenge.parameters().getOrDefault("service", ""));
        CompletableFuture<Grant> grant = grants.getIfPresent(repository);
        boolean hasJustFailed = grant != null && grant.getNow(null) instanceof Grant.Missing it && !it.isOver();
        if (!hasJustFailed) {
            grants.invalidate(repository);
        }
        return true;
    }

    /** The token service that the upstream named. */
    private Optional<Scheme.Bearer> named() {
        Scheme now = scheme;
        if (now instanceof Scheme.Lapsed lapsed) {
            return Optional.of(lapsed.named());
        }
        return now instanceof Scheme.Bearer bearer ? Optional.of(bearer) : Optional.empty();
    }

    /**
     * The upstream answered without a token while its token service failed, which is not asked until it is named again.
     */
    void lapse() {
        if (scheme instanceof Scheme.Bearer bearer) {
            scheme = new Scheme.Lapsed(bearer);
        }
    }

    /**
     * The token service, if it may get credentials: the way there must be at least as safe as the way to the upstream.
     */
    private Optional<URI> realm(String text) {
        try {
            URI realm = URI.create(text);
            boolean isSafe = "https".equals(realm.getScheme())
                    || ("http".equals(realm.getScheme())
                            && upstream.url().getScheme().equals("http"));
            return Optional.of(realm)
                    .filter(it -> isSafe
                            && Authority.find(it)
                                    .filter(authority -> authority.userInfo().isEmpty())
                                    .isPresent());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private CompletableFuture<Grant> token(Scheme.Bearer service, String repository) {
        Grant.Denied bad = badCredentials;
        if (bad != null && !bad.isOver()) {
            return CompletableFuture.completedFuture(bad);
        }
        return requireNonNull(grants.asMap()
                .compute(
                        repository,
                        (key, known) -> known != null
                                        && (!known.isDone() || !known.join().isOver())
                                ? known
                                : request(service, repository)));
    }

    private CompletableFuture<Grant> request(Scheme.Bearer service, String repository) {
        String realm = service.realm().toString();
        URI url = URI.create(realm + (realm.contains("?") ? "&" : "?")
                + "service=" + encoded(service.service())
                // Without a repository only the credentials are looked at, as for a login.
                + (repository.isEmpty() ? "" : "&scope=" + encoded("repository:" + repository + ":pull")));
        HttpHeaders headers = new DefaultHttpHeaders().set(HttpHeaderNames.ACCEPT, "application/json");
        basic.ifPresent(value -> headers.set(HttpHeaderNames.AUTHORIZATION, value));
        Small receiver = new Small(LARGEST_ANSWER);
        // The upstream is trusted to name it, but not to make us talk to this machine.
        boolean trusted =
                Authority.of(url).host().equals(Authority.of(upstream.url()).host());
        Transport.Call call = transport.send(new Outgoing(url, HttpMethod.GET, headers, trusted), receiver);
        return receiver.response()
                .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .handle((response, failure) -> {
                    if (failure == null) {
                        return read(response);
                    }
                    call.cancel();
                    return failure instanceof TimeoutException ? late() : failed(failure);
                });
    }

    /** For a question that cannot wait any longer. */
    Grant late() {
        return unavailable("its token service does not answer in time");
    }

    private Grant read(Collector.Response response) {
        int status = response.head().status().code();
        if (status == 401 || status == 403) {
            Grant.Denied denied = new Grant.Denied(
                    UpstreamErrors.denied(upstream.name(), status),
                    in(basic.isPresent() && status == 401 ? AFTER_BAD_CREDENTIALS : AFTER_DENIAL));
            if (basic.isPresent() && status == 401) {
                refused.holds("the token service answers 401; correct REGISTRY_PROXY_USERNAME and _PASSWORD");
                badCredentials = denied;
            }
            return denied;
        }
        if (status == 429) {
            return new Grant.Denied(
                    UpstreamErrors.of(
                            upstream.name(),
                            Operation.PING,
                            status,
                            response.head().headers()),
                    in(AFTER_DENIAL));
        }
        return status == 200 ? token(response.body()) : unavailable("its token service answers with status " + status);
    }

    private Grant token(byte[] body) {
        try {
            JsonNode answer = JSON.readTree(body);
            String token =
                    answer.path("token").asText(answer.path("access_token").asText());
            if (TOKEN.matcher(token).matches()) {
                long seconds =
                        Math.max(SHORTEST_SECONDS, answer.path("expires_in").asLong(SHORTEST_SECONDS));
                refused.isOver();
                failing.isOver();
                // Clocks differ, and a request takes time.
                return new Grant.Given("Bearer " + token, in(Duration.ofSeconds(Math.min(seconds, 86_400) * 4 / 5)));
            }
        } catch (IOException e) {
            LOG.debug("upstream={} its token service does not answer with JSON", upstream.name());
        }
        return unavailable("its token service answers without a token");
    }

    private Grant failed(Throwable failure) {
        return unavailable("its token service " + failure.getMessage());
    }

    private Grant unavailable(String why) {
        failing.holds(why);
        return new Grant.Missing(
                RegistryError.upstreamDown(upstream.name(), "cannot be asked: " + why), in(AFTER_FAILURE));
    }

    private static long in(Duration duration) {
        return System.nanoTime() + duration.toNanos();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
