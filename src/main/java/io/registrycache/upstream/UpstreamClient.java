package io.registrycache.upstream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.registrycache.config.Upstream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Asks an upstream registry small questions, with its credentials, in the ways that its child does. */
public final class UpstreamClient {

    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofSeconds(4);
    /** A token is good for a minute at least, says distribution's token specification. */
    private static final Duration TOKEN_LIFE = Duration.ofSeconds(50);

    private static final long MOST_TOKENS = 1000;
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * The head of an answer.
     *
     * @param retryAfter its {@code Retry-After}, or nothing
     * @param digest its {@code Docker-Content-Digest}, or nothing
     */
    public record Answer(int status, String retryAfter, String digest) {}

    private final Upstream upstream;
    private final Map<String, String> environment;
    private final Proxies proxies;
    /** What {@code Authorization} to send for a repository. */
    private final Cache<String, String> authorizations = Caffeine.newBuilder()
            .expireAfterWrite(TOKEN_LIFE)
            .maximumSize(MOST_TOKENS)
            .executor(Runnable::run)
            .build();

    private volatile @Nullable HttpClient client;

    /**
     * Connects to nobody yet.
     *
     * @param inherited the environment that children inherit
     */
    public UpstreamClient(Upstream upstream, Map<String, String> inherited) {
        this.upstream = upstream;
        this.environment = upstream.environment(inherited);
        this.proxies = new Proxies(environment);
    }

    /** The proxy on the way to the upstream as {@code host:port}, without its password. */
    public Optional<String> proxy() {
        return proxies.name(upstream.url());
    }

    /** Whether the upstream can be asked from here: not through a proxy with TLS, which only children can talk to. */
    public boolean canAsk() {
        return !proxies.isBeyondUs(upstream.url());
    }

    /**
     * Asks for the head of a resource, with the credentials that the last answer for its repository asked for.
     *
     * @param path as the upstream has it, {@code /v2/…}
     * @return fails when the upstream cannot be reached or does not answer
     */
    public CompletableFuture<Answer> head(String path, String repository, List<String> accept) {
        String remembered = authorizations.asMap().getOrDefault(repository, "");
        return send(request(path, accept, remembered)).thenCompose(response -> {
            Optional<Challenge> challenge = challenge(response);
            return challenge.isEmpty()
                    ? CompletableFuture.completedFuture(answer(response))
                    : authorization(challenge.get(), repository)
                            .thenCompose(value -> value.isEmpty()
                                    ? CompletableFuture.completedFuture(answer(response))
                                    : send(request(path, accept, value)).thenApply(UpstreamClient::answer));
        });
    }

    /** Whether the upstream's API answers, as far as one can ask; an answer that it fails is none. */
    public CompletableFuture<Boolean> isReachable() {
        if (!canAsk()) {
            return CompletableFuture.completedFuture(true);
        }
        return send(request("/v2/", List.of(), ""))
                .thenApply(response -> response.statusCode() < 500)
                .exceptionally(failure -> false);
    }

    /** Whether the upstream wants the credentials themselves, rather than a token for them. */
    public CompletableFuture<Boolean> wantsBasic() {
        if (!canAsk()) {
            return CompletableFuture.completedFuture(false);
        }
        return send(request("/v2/", List.of(), ""))
                .thenApply(response ->
                        challenge(response).filter(Challenge::isBasic).isPresent())
                .exceptionally(failure -> false);
    }

    private CompletableFuture<String> authorization(Challenge challenge, String repository) {
        authorizations.invalidate(repository);
        return asked(challenge, repository).thenApply(value -> {
            if (!value.isEmpty()) {
                authorizations.put(repository, value);
            }
            return value;
        });
    }

    private CompletableFuture<String> asked(Challenge challenge, String repository) {
        if (challenge.isBasic()) {
            return CompletableFuture.completedFuture(basic());
        }
        if (!challenge.isBearer()) {
            return CompletableFuture.completedFuture("");
        }
        Map<String, String> parameters = challenge.parameters();
        String realm = parameters.getOrDefault("realm", "");
        URI url = URI.create(realm + (realm.contains("?") ? "&" : "?")
                + "service=" + encoded(parameters.getOrDefault("service", ""))
                + "&scope=" + encoded("repository:" + repository + ":pull"));
        HttpRequest.Builder request = HttpRequest.newBuilder(url).timeout(ANSWER);
        if (!basic().isEmpty()) {
            request.header("Authorization", basic());
        }
        addProxyAuthorization(request, url);
        return send(request.build()).thenApply(response -> response.statusCode() == 200 ? token(response.body()) : "");
    }

    private static String token(String body) {
        try {
            JsonNode answer = JSON.readTree(body);
            String token =
                    answer.path("token").asText(answer.path("access_token").asText());
            return token.isEmpty() ? "" : "Bearer " + token;
        } catch (JsonProcessingException e) {
            return "";
        }
    }

    private String basic() {
        String username = environment.get("REGISTRY_PROXY_USERNAME");
        if (username == null) {
            return "";
        }
        String both = username + ":" + environment.getOrDefault("REGISTRY_PROXY_PASSWORD", "");
        return "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8));
    }

    private HttpRequest request(String path, List<String> accept, String authorization) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(upstream.url().resolve(path)).timeout(ANSWER);
        accept.stream().filter(value -> !value.isBlank()).forEach(value -> request.header("Accept", value));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        addProxyAuthorization(request, upstream.url());
        return path.equals("/v2/")
                ? request.build()
                : request.method("HEAD", HttpRequest.BodyPublishers.noBody()).build();
    }

    private void addProxyAuthorization(HttpRequest.Builder request, URI target) {
        proxies.authorization(target).ifPresent(value -> request.header("Proxy-Authorization", value));
    }

    private CompletableFuture<HttpResponse<String>> send(HttpRequest request) {
        HttpClient ready = client;
        // To make one takes long, as it reads the certificates, and whoever asks may be an event loop.
        return ready != null
                ? ready.sendAsync(request, BodyHandlers.ofString())
                : CompletableFuture.supplyAsync(this::client)
                        .thenCompose(made -> made.sendAsync(request, BodyHandlers.ofString()));
    }

    private synchronized HttpClient client() {
        HttpClient made = client;
        if (made == null) {
            made = Network.client(environment, proxies, CONNECT);
            client = made;
        }
        return made;
    }

    private static Optional<Challenge> challenge(HttpResponse<?> response) {
        return response.statusCode() == 401
                ? response.headers().firstValue("WWW-Authenticate").map(Challenge::of)
                : Optional.empty();
    }

    private static Answer answer(HttpResponse<?> response) {
        return new Answer(
                response.statusCode(),
                response.headers().firstValue("Retry-After").orElse(""),
                response.headers().firstValue("Docker-Content-Digest").orElse(""));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
