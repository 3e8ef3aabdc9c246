package io.registrycache.relay;

import static java.util.Objects.requireNonNull;

import io.registrycache.fetch.Fetch;
import io.registrycache.fetch.Fetches;
import io.registrycache.request.RegistryError;
import io.registrycache.request.RegistryException;
import io.registrycache.upstream.Answer;
import io.registrycache.upstream.Answers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
 * Answers a request for a blob that is not stored from the one download of it, while that goes on; HEAD, and the head
 * of an answer whose download is queued, from the upstream's answer to HEAD.
 */
public final class FromFetch extends AsyncProcessorSupport {

    private static final Logger LOG = LoggerFactory.getLogger(FromFetch.class);
    /** Until the upstream sends the head; clients get theirs within 25 s. */
    private static final Duration PATIENCE = Duration.ofSeconds(22);
    /** A queue is often that short; after that the upstream is asked for the head alone. */
    private static final Duration IN_QUEUE = Duration.ofSeconds(1);
    /** Minimum time granted to the upstream, even if earlier steps used up the budget. */
    private static final Duration LEAST = Duration.ofSeconds(1);

    private final Map<String, Fetches> fetches;
    private final Map<String, Answers> answers;
    private final Executor executor;

    /**
     * For all upstreams at once, by their names.
     *
     * @param executor where exchanges go on that had to wait
     */
    public FromFetch(Map<String, Fetches> fetches, Map<String, Answers> answers, Executor executor) {
        this.fetches = fetches;
        this.answers = answers;
        this.executor = executor;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        BlobPull pull = BlobPull.of(exchange, callback);
        Optional<Fetch> open = fetches(pull).underWay(pull.digest());
        if (!pull.isHead() && open.isEmpty() && !fetches(pull).hasRoom()) {
            direct(pull);
        } else if (open.isPresent()) {
            join(pull, open.get());
        } else {
            start(pull);
        }
        return false;
    }

    private void start(BlobPull pull) {
        if (pull.isHead()) {
            ask(pull, Optional.empty());
        } else {
            beginIfReachable(pull);
        }
    }

    private void beginIfReachable(BlobPull pull) {
        CompletableFuture<Optional<RegistryError>> outage = fetches(pull).outage();
        if (outage.isDone() && outage.join().isEmpty()) {
            begin(pull);
            return;
        }
        outage.thenAcceptAsync(error -> error.ifPresentOrElse(pull::refuse, () -> begin(pull)), executor);
    }

    private void begin(BlobPull pull) {
        // How large the blob is becomes known later; the range itself is enough to request it.
        ByteRange range = pull.asked(Long.MAX_VALUE);
        boolean isAll = range.isWhole() || range.equals(ByteRange.UNSUPPORTED) || pull.isSuffix();
        try {
            Optional<Fetch> fetch = fetches(pull)
                    .begin(
                            pull.request(),
                            isAll ? 0 : range.first(),
                            isAll || pull.isOpenEnded() ? Long.MAX_VALUE : range.first() + range.length());
            if (fetch.isPresent()) {
                join(pull, fetch.get());
            } else {
                sendStored(pull);
            }
        } catch (RegistryException e) {
            if (fetches(pull).hasRoom()) {
                pull.refuse(e.error());
            } else {
                direct(pull);
            }
        }
    }

    /** It was stored a moment after the storage was looked through for this request. */
    private void sendStored(BlobPull pull) {
        Path file = fetches(pull).stored(pull.digest());
        try {
            ByteRange range = pull.answered(Files.size(file));
            pull.sendBody(range, FileBody.open(file, range, fetches(pull).hold(pull.digest())));
        } catch (IOException e) {
            LOG.debug("upstream={} a blob went away: {}", pull.upstream(), e.getMessage());
            direct(pull);
        }
    }

    /** Streams the blob from the upstream to this client alone: the disk has no room. */
    private void direct(BlobPull pull) {
        Answers upstream = answers(pull);
        upstream.head(pull.request())
                .whenCompleteAsync(
                        (answer, failure) -> {
                            if (answer instanceof Answer.Found found && found.length() >= 0) {
                                ByteRange range = pull.answered(found.length());
                                pull.sendBody(
                                        range,
                                        new DirectBody(
                                                upstream, pull.request(), range.first(), range.end(), range.isWhole()));
                            } else {
                                pull.refuse(
                                        answer instanceof Answer.Refused refused
                                                ? refused.error()
                                                : RegistryError.unexpected());
                            }
                        },
                        executor);
    }

    /** Asks whether this repository has the blob, which is queued, or being downloaded for another, or not at all. */
    private void ask(BlobPull pull, Optional<Fetch> open) {
        Duration left = PATIENCE.minus(pull.age());
        answers(pull)
                .head(pull.request())
                .copy()
                .orTimeout(Math.max(left.toMillis(), LEAST.toMillis()), TimeUnit.MILLISECONDS)
                .whenCompleteAsync(
                        (answer, failure) -> {
                            if (answer instanceof Answer.Found found) {
                                found(pull, found.length(), open);
                            } else if (answer instanceof Answer.Refused refused) {
                                open.ifPresent(
                                        fetch -> fetch.refuse(pull.request().repository(), refused.error()));
                                pull.refuse(refused.error());
                            } else {
                                pull.refuse(late(pull));
                            }
                        },
                        executor);
    }

    private void found(BlobPull pull, long length, Optional<Fetch> open) {
        open.ifPresent(fetch -> confirm(fetch, pull, length));
        if (pull.isHead() && length >= 0) {
            pull.sendHead(length);
        } else if (open.isPresent()) {
            await(pull, open.get(), false);
        } else {
            pull.refuse(RegistryError.malformed(pull.upstream(), "sends a layer without its length"));
        }
    }

    private static void confirm(Fetch fetch, BlobPull pull, long length) {
        try {
            fetch.confirm(pull.request().repository(), length);
        } catch (IOException e) {
            LOG.debug("upstream={} no link was written: {}", pull.upstream(), e.getMessage());
        }
    }

    /** Sends the bytes of the fetch as they arrive, as soon as the length is known. */
    private void join(BlobPull pull, Fetch fetch) {
        await(pull, fetch, true);
    }

    private void await(BlobPull pull, Fetch fetch, boolean mayAsk) {
        CompletableFuture<Long> size = fetch.size();
        if (!fetch.serves(pull.request().repository())) {
            ask(pull, Optional.of(fetch));
        } else if (size.isDone() && !size.isCompletedExceptionally()) {
            send(pull, fetch, size.join());
        } else {
            // It may come to wait for others at any time.
            size.copy()
                    .orTimeout(IN_QUEUE.toMillis(), TimeUnit.MILLISECONDS)
                    .whenCompleteAsync(
                            (known, failure) -> {
                                if (failure == null) {
                                    // The size may be known from another repository.
                                    await(pull, fetch, mayAsk);
                                } else {
                                    failed(pull, fetch, mayAsk, cause(failure));
                                }
                            },
                            executor);
        }
    }

    private void failed(BlobPull pull, Fetch fetch, boolean mayAsk, Throwable cause) {
        boolean isLate = pull.age().compareTo(PATIENCE) >= 0;
        boolean isTimeout = cause instanceof TimeoutException;
        if (fetch.isUnspooled()) {
            direct(pull);
        } else if (isTimeout && isLate) {
            pull.refuse(late(pull));
        } else if (isTimeout && mayAsk && fetch.isQueued()) {
            ask(pull, Optional.of(fetch));
        } else if (isTimeout) {
            await(pull, fetch, mayAsk);
        } else if (!isLate && isOfOthers(pull, fetch, cause)) {
            start(pull);
        } else {
            pull.refuse(Answers.refusal(pull.upstream(), cause));
        }
    }

    private static RegistryError late(BlobPull pull) {
        return RegistryError.upstreamDown(pull.upstream(), "did not answer in time");
    }

    /** Whether the upstream refused the blob in another repository, for whose client the fetch was begun. */
    private static boolean isOfOthers(BlobPull pull, Fetch fetch, Throwable cause) {
        return cause instanceof RegistryException refusal
                && refusal.error().status() < 500
                && !fetch.isFor(pull.request().repository());
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private void send(BlobPull pull, Fetch fetch, long size) {
        if (pull.isHead()) {
            pull.sendHead(size);
            return;
        }
        if (pull.asked(size).isBeyondTheEnd()) {
            pull.refuse(RegistryError.rangeBeyondTheEnd(size));
            return;
        }
        ByteRange range = pull.answered(size);
        try {
            if (!range.isWhole()) {
                fetch.demand(range.first(), range.end());
            }
            Answers upstream = answers(pull);
            SpoolBody body = SpoolBody.open(
                    fetch,
                    range,
                    pull.isTail(range),
                    position -> new DirectBody(upstream, pull.request(), position, range.end(), range.isWhole()));
            pull.sendBody(range, body);
        } catch (IOException e) {
            // It has no room after all, or it was evicted a moment after it was stored.
            LOG.debug("upstream={} a spool went away: {}", pull.upstream(), e.getMessage());
            direct(pull);
        }
    }

    private Fetches fetches(BlobPull pull) {
        return requireNonNull(fetches.get(pull.upstream()));
    }

    private Answers answers(BlobPull pull) {
        return requireNonNull(answers.get(pull.upstream()));
    }
}
