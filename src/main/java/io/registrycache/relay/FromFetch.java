package io.registrycache.relay;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.registrycache.fetch.Fetch;
import io.registrycache.fetch.Fetches;
import io.registrycache.request.Digest;
import io.registrycache.request.RegistryError;
import io.registrycache.request.RegistryException;
import io.registrycache.request.RegistryRequest;
import io.registrycache.traffic.Transfer.Source;
import io.registrycache.upstream.Answer;
import io.registrycache.upstream.Answers;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers a request for a blob that is not stored from the one download of it, while that goes on; HEAD from what the
 * upstream says.
 */
public final class FromFetch extends AsyncProcessorSupport {

    private static final Logger LOG = LoggerFactory.getLogger(FromFetch.class);
    /** Until the upstream sends the head; clients get theirs within 25 s. */
    private static final Duration PATIENCE = Duration.ofSeconds(22);

    private final Map<String, Fetches> fetches;
    private final Map<String, Answers> answers;
    private final Executor executor;

    /**
     * For all upstreams at once, by their names.
     *
     * @param executor where exchanges go on that had to wait
     */
    public FromFetch(Map<String, Fetches> fetches, Map<String, Answers> answers, Executor executor) {
        this.fetches = Map.copyOf(fetches);
        this.answers = Map.copyOf(answers);
        this.executor = executor;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        RegistryRequest request = exchange.getVariable("request", RegistryRequest.class);
        PullRequest pull = exchange.getVariable("pull", PullRequest.class);
        Optional<Fetch> open = fetches(request).underWay(Digest.of(request.reference()));
        boolean isHead = pull.asked().method().equals(HttpMethod.HEAD);
        if (!isHead && open.isEmpty() && !fetches(request).hasRoom()) {
            direct(exchange, pull, request, callback);
        } else if (open.isPresent() && open.get().serves(request.repository())) {
            join(exchange, pull, request, open.get(), callback);
        } else if (open.isPresent() || isHead) {
            ask(exchange, pull, request, open, callback);
        } else {
            beginIfReachable(exchange, pull, request, callback);
        }
        return false;
    }

    private void beginIfReachable(
            Exchange exchange, PullRequest pull, RegistryRequest request, AsyncCallback callback) {
        CompletableFuture<Optional<RegistryError>> outage = fetches(request).outage();
        if (outage.isDone() && outage.join().isEmpty()) {
            begin(exchange, pull, request, callback);
            return;
        }
        outage.thenAcceptAsync(
                error -> {
                    if (error.isPresent()) {
                        exchange.setException(error.get().exception());
                        callback.done(false);
                    } else {
                        begin(exchange, pull, request, callback);
                    }
                },
                executor);
    }

    private void begin(Exchange exchange, PullRequest pull, RegistryRequest request, AsyncCallback callback) {
        // How large the blob is becomes known later; what a range means before is enough to request it.
        ByteRange range = ByteRange.of(pull.asked().headers(), Long.MAX_VALUE);
        boolean isAll = range.isWhole() || range.equals(ByteRange.INTRICATE) || isSuffix(pull);
        try {
            Fetch fetch = fetches(request)
                    .begin(
                            Digest.of(request.reference()),
                            request.repository(),
                            isAll ? 0 : range.first(),
                            isAll || isOpenEnded(pull) ? Long.MAX_VALUE : range.first() + range.length());
            join(exchange, pull, request, fetch, callback);
        } catch (RegistryException e) {
            if (fetches(request).hasRoom()) {
                exchange.setException(e);
                callback.done(false);
            } else {
                direct(exchange, pull, request, callback);
            }
        }
    }

    /** Streams the blob from the upstream to this client alone: the disk has no room. */
    private void direct(Exchange exchange, PullRequest pull, RegistryRequest request, AsyncCallback callback) {
        Answers upstream = requireNonNull(answers.get(request.upstream().name()));
        upstream.head(request)
                .whenCompleteAsync(
                        (answer, failure) -> {
                            if (answer instanceof Answer.Found found && found.length() >= 0) {
                                ByteRange range = range(pull, found.length());
                                DirectBody body =
                                        new DirectBody(upstream, request, range.first(), range.end(), range.isWhole());
                                sendBody(exchange, pull, request, range, body, callback);
                            } else {
                                exchange.setException(
                                        answer instanceof Answer.Refused refused
                                                ? refused.error().exception()
                                                : RegistryError.unexpected().exception());
                                callback.done(false);
                            }
                        },
                        executor);
    }

    /** Asks whether this repository has the blob, which is being downloaded for another or not at all. */
    private void ask(
            Exchange exchange,
            PullRequest pull,
            RegistryRequest request,
            Optional<Fetch> open,
            AsyncCallback callback) {
        requireNonNull(answers.get(request.upstream().name()))
                .head(request)
                .whenCompleteAsync(
                        (answer, failure) -> {
                            if (answer instanceof Answer.Refused refused) {
                                exchange.setException(refused.error().exception());
                                callback.done(false);
                            } else if (open.isPresent()) {
                                alsoServe(open.get(), request);
                                join(exchange, pull, request, open.get(), callback);
                            } else if (answer instanceof Answer.Found found && found.length() >= 0) {
                                sendHead(exchange, pull, request, found.length(), callback);
                            } else {
                                exchange.setException(RegistryError.malformed(
                                                request.upstream().name(), "sends a layer without its length")
                                        .exception());
                                callback.done(false);
                            }
                        },
                        executor);
    }

    private static void alsoServe(Fetch fetch, RegistryRequest request) {
        try {
            fetch.alsoServe(request.repository());
        } catch (IOException e) {
            LOG.debug("upstream={} no link was written: {}", request.upstream().name(), e.getMessage());
        }
    }

    /** Sends what the fetch has and gets, as soon as it is known how much that will be. */
    private void join(
            Exchange exchange, PullRequest pull, RegistryRequest request, Fetch fetch, AsyncCallback callback) {
        CompletableFuture<Long> size = fetch.size();
        if (size.isDone() && !size.isCompletedExceptionally()) {
            send(exchange, pull, request, fetch, size.join(), callback);
            return;
        }
        size.copy()
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .whenCompleteAsync(
                        (known, failure) -> {
                            if (failure == null) {
                                send(exchange, pull, request, fetch, known, callback);
                            } else if (fetch.isUnspooled()) {
                                direct(exchange, pull, request, callback);
                            } else {
                                exchange.setException(refusal(request, failure));
                                callback.done(false);
                            }
                        },
                        executor);
    }

    private static RegistryException refusal(RegistryRequest request, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof TimeoutException
                ? RegistryError.upstreamDown(request.upstream().name(), "did not answer in time")
                        .exception()
                : Answers.refusal(request.upstream().name(), cause).exception();
    }

    private void sendHead(
            Exchange exchange, PullRequest pull, RegistryRequest request, long size, AsyncCallback callback) {
        ByteRange whole = new ByteRange(0, size, size, true);
        HttpHeaders headers = ContentHead.of(request, "application/octet-stream", whole);
        HttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.EMPTY_BUFFER, headers, EmptyHttpHeaders.INSTANCE);
        pull.client().send(pull, Source.UPSTREAM, response, null, () -> done(exchange, callback));
    }

    private void send(
            Exchange exchange,
            PullRequest pull,
            RegistryRequest request,
            Fetch fetch,
            long size,
            AsyncCallback callback) {
        if (pull.asked().method().equals(HttpMethod.HEAD)) {
            sendHead(exchange, pull, request, size, callback);
            return;
        }
        ByteRange asked = ByteRange.of(pull.asked().headers(), size);
        if (asked.isBeyondTheEnd()) {
            exchange.setException(RegistryError.rangeBeyondTheEnd(size).exception());
            callback.done(false);
            return;
        }
        ByteRange range = range(pull, size);
        try {
            if (!range.isWhole()) {
                fetch.demand(range.first(), range.end());
            }
            Answers upstream = requireNonNull(answers.get(request.upstream().name()));
            SpoolBody body = SpoolBody.open(
                    fetch,
                    range,
                    isTail(pull, range),
                    position -> new DirectBody(upstream, request, position, range.end(), range.isWhole()));
            sendBody(exchange, pull, request, range, body, callback);
        } catch (IOException e) {
            // There is no room for it after all, or it was evicted a moment after it was stored.
            LOG.debug("upstream={} a spool went away: {}", request.upstream().name(), e.getMessage());
            direct(exchange, pull, request, callback);
        }
    }

    private static void sendBody(
            Exchange exchange,
            PullRequest pull,
            RegistryRequest request,
            ByteRange range,
            Body body,
            AsyncCallback callback) {
        HttpResponse head = new DefaultHttpResponse(
                HttpVersion.HTTP_1_1,
                range.isWhole() ? HttpResponseStatus.OK : HttpResponseStatus.PARTIAL_CONTENT,
                ContentHead.of(request, "application/octet-stream", range));
        pull.client().send(pull, Source.UPSTREAM, head, body, () -> done(exchange, callback));
    }

    /** What to answer with; several ranges at once may be answered with everything; RFC 9110, 14.2. */
    private static ByteRange range(PullRequest pull, long size) {
        ByteRange asked = ByteRange.of(pull.asked().headers(), size);
        return asked.equals(ByteRange.INTRICATE) || asked.isBeyondTheEnd() ? new ByteRange(0, size, size, true) : asked;
    }

    /** Whether the client reads to the end, as one does that resumes: it must not get a whole blob with wrong content. */
    private static boolean isTail(PullRequest pull, ByteRange range) {
        return range.isWhole() || isOpenEnded(pull);
    }

    private static void done(Exchange exchange, AsyncCallback callback) {
        exchange.getMessage().setBody(Relayed.INSTANCE);
        callback.done(false);
    }

    private static boolean isOpenEnded(PullRequest pull) {
        return pull.asked().headers().get(HttpHeaderNames.RANGE, "").endsWith("-");
    }

    private static boolean isSuffix(PullRequest pull) {
        return pull.asked().headers().get(HttpHeaderNames.RANGE, "").startsWith("bytes=-");
    }

    private Fetches fetches(RegistryRequest request) {
        return requireNonNull(fetches.get(request.upstream().name()));
    }
}
