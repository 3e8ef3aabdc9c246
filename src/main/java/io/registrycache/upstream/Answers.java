package io.registrycache.upstream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.registrycache.request.ManifestType;
import io.registrycache.request.Operation;
import io.registrycache.request.RegistryError;
import io.registrycache.request.RegistryException;
import io.registrycache.request.RegistryRequest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Small questions to one upstream and their answers. The same question of many clients is asked once, a refusal is
 * repeated for a few seconds without asking, and an answer is remembered for as long as the child takes to ask for it
 * too.
 */
public final class Answers {

    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);
    private static final int LARGEST_MANIFEST = 8 << 20;
    private static final int LARGEST_LIST = 16 << 20;
    /** A missing image, or one that may not be pulled, is not asked for again for so long. */
    private static final Duration REFUSED = Duration.ofSeconds(3);
    /** A child asks within milliseconds. */
    private static final Duration REMEMBERED = Duration.ofSeconds(10);

    /** For each upstream; a larger manifest is asked for again. */
    private static final long MOST_REMEMBERED = 4 << 20;

    /**
     * Requests that came through different caches are not one: two that wait for each other would be a loop. Nor are
     * those that are asked in different ways.
     */
    private record Key(HttpMethod method, String target, String caches, UpstreamAccess way) {}

    private volatile UpstreamAccess access;
    private volatile Heads heads;
    private final AskUpstream route;
    private final Map<Key, CompletableFuture<Answer>> underWay = new ConcurrentHashMap<>();
    private final Cache<String, Answer> remembered = Caffeine.newBuilder()
            .maximumWeight(MOST_REMEMBERED)
            .weigher((String target, Answer answer) -> weight(answer))
            .expireAfterWrite(REMEMBERED)
            .executor(Runnable::run)
            .build();
    private final Cache<String, Answer> refused = Caffeine.newBuilder()
            .maximumSize(10_000)
            .expireAfterWrite(REFUSED)
            .executor(Runnable::run)
            .build();

    public Answers(UpstreamAccess access, AskUpstream route) {
        this.access = access;
        this.heads = new Heads(access.upstream().name(), System::nanoTime);
        this.route = route;
    }

    /** Uses another access from now on, and forgets earlier answers; questions under way are not affected. */
    public void use(UpstreamAccess other) {
        access = other;
        heads = new Heads(other.upstream().name(), System::nanoTime);
        remembered.invalidateAll();
        refused.invalidateAll();
    }

    /** Asks for the content, at the path that the upstream knows it by. */
    public CompletableFuture<Answer> get(RegistryRequest request, String target) {
        return ask(HttpMethod.GET, request, target);
    }

    /** Asks for a range of a blob, whose bytes the receiver gets as they come. */
    public Question stream(RegistryRequest request, String range, Receiver receiver) {
        HttpHeaders headers = new DefaultHttpHeaders().set(HttpHeaderNames.RANGE, range);
        Question question = new Question(access, request, request.upstreamTarget(), HttpMethod.GET, headers, receiver);
        route.ask(question, AskUpstream.PATIENCE);
        return question;
    }

    /**
     * Asks for the head, and for the content if the head does not say enough. An upstream that refuses HEAD is asked
     * for the manifest, or for the first byte of the blob.
     */
    public CompletableFuture<Answer> head(RegistryRequest request) {
        String target = request.upstreamTarget();
        CompletableFuture<Answer> whole = underWay.get(new Key(HttpMethod.GET, target, request.caches(), access));
        if (whole != null) {
            return whole;
        }
        Heads known = heads;
        if (known.areRefused(request.operation())) {
            return ask(HttpMethod.GET, request, target);
        }
        long began = System.nanoTime();
        return ask(HttpMethod.HEAD, request, target).thenCompose(answer -> {
            if (known.isDoubtful(request.operation(), answer)) {
                return ask(HttpMethod.GET, request, target, AskUpstream.left(began))
                        .thenApply(other -> {
                            if (other instanceof Answer.Found) {
                                known.refused(request.operation());
                            }
                            return other;
                        });
            }
            return isEnough(request, answer)
                    ? CompletableFuture.completedFuture(answer)
                    : ask(HttpMethod.GET, request, target, AskUpstream.left(began));
        });
    }

    /** The upstream's last answer, if it is a few seconds old at most. */
    public Optional<Answer> remembered(String target) {
        return Optional.ofNullable(remembered.getIfPresent(target));
    }

    private static boolean isEnough(RegistryRequest request, Answer answer) {
        return !(answer instanceof Answer.Found found)
                || request.operation() == Operation.BLOB
                || (found.length() >= 0 && !found.digest().isEmpty());
    }

    private CompletableFuture<Answer> ask(HttpMethod method, RegistryRequest request, String target) {
        return ask(method, request, target, AskUpstream.PATIENCE);
    }

    private CompletableFuture<Answer> ask(
            HttpMethod method, RegistryRequest request, String target, Duration patience) {
        Answer refusal = refused.getIfPresent(target);
        if (refusal != null) {
            return CompletableFuture.completedFuture(refusal);
        }
        UpstreamAccess way = access;
        Key key = new Key(method, target, request.caches(), way);
        CompletableFuture<Answer> mine = new CompletableFuture<>();
        CompletableFuture<Answer> others = underWay.putIfAbsent(key, mine);
        if (others != null) {
            return others;
        }
        Heads known = heads;
        Collector receiver = AnswerReader.isForBeginning(request, method)
                ? new Beginning()
                : new Small(request.operation() == Operation.TAGS ? LARGEST_LIST : LARGEST_MANIFEST);
        AnswerReader reader = new AnswerReader(request);
        receiver.response()
                .thenApply(response -> {
                    known.seen(
                            method,
                            request.operation(),
                            response.head().status().code());
                    return reader.read(method, response);
                })
                .exceptionally(this::failed)
                .thenAccept(answer -> {
                    count(method, request, answer);
                    boolean isFinal = !method.equals(HttpMethod.HEAD) || !known.isDoubtful(request.operation(), answer);
                    if (isFinal && way == access) {
                        remember(target, answer);
                    }
                    underWay.remove(key);
                    mine.complete(answer);
                });
        way.monitor().outage().thenAccept(why -> {
            try {
                if (why.isPresent()) {
                    receiver.failed(new UpstreamFailure(why.get()));
                } else {
                    route.ask(new Question(way, request, target, method, headers(request, method), receiver), patience);
                }
            } catch (RuntimeException e) {
                receiver.failed(e);
            }
        });
        return mine;
    }

    private void count(HttpMethod method, RegistryRequest request, Answer answer) {
        if (answer instanceof Answer.Found
                && method.equals(HttpMethod.GET)
                && request.operation() == Operation.MANIFEST) {
            access.rateLimit().metered().answered();
        }
    }

    private void remember(String target, Answer answer) {
        remembered.put(target, answer);
        if (answer instanceof Answer.Refused it && it.error().status() < 500) {
            refused.put(target, answer);
        }
    }

    private Answer failed(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return new Answer.Refused(refusal(access.upstream().name(), cause));
    }

    /** The error for clients after a status of the upstream. */
    public static RegistryError refused(RegistryRequest request, int status, HttpHeaders headers) {
        return UpstreamErrors.of(request.upstream().name(), request.operation(), status, headers);
    }

    /** Why a request got no answer, as an error for clients. */
    public static RegistryError refusal(String upstream, Throwable cause) {
        if (cause instanceof RegistryException refusal) {
            return refusal.error();
        }
        if (cause instanceof UpstreamFailure) {
            return RegistryError.upstreamDown(upstream, String.valueOf(cause.getMessage()));
        }
        LOG.error("upstream={} unexpected error", upstream, cause);
        return RegistryError.unexpected();
    }

    private static HttpHeaders headers(RegistryRequest request, HttpMethod method) {
        HttpHeaders headers = new DefaultHttpHeaders();
        if (request.operation() == Operation.MANIFEST) {
            headers.set(HttpHeaderNames.ACCEPT, ManifestType.ACCEPT);
        } else if (request.operation() == Operation.REFERRERS) {
            headers.set(HttpHeaderNames.ACCEPT, ManifestType.INDEX);
        } else if (AnswerReader.isForBeginning(request, method)) {
            headers.set(HttpHeaderNames.RANGE, "bytes=0-0");
        }
        return headers;
    }

    private static int weight(Answer answer) {
        return 512
                + (answer instanceof Answer.Found found
                        ? found.body().map(body -> body.length).orElse(0)
                        : 0);
    }
}
