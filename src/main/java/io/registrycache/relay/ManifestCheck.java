package io.registrycache.relay;

import static java.util.Objects.requireNonNull;

import io.registrycache.request.Digest;
import io.registrycache.request.Pull.Finding;
import io.registrycache.request.RegistryRequest;
import io.registrycache.storage.ContentStore;
import io.registrycache.upstream.Answer;
import io.registrycache.upstream.Answers;
import io.registrycache.upstream.ReachabilityMonitor;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the upstream about a manifest before the child is asked, once for all clients that wait: the digest of a tag
 * now, or for a manifest that is not stored. Reports {@code CONFIRMED} if the stored manifest is the answer, {@code
 * OUTAGE} if it has to be. The child gets the upstream's answer from memory.
 */
public final class ManifestCheck extends AsyncProcessorSupport {

    private static final Logger LOG = LoggerFactory.getLogger(ManifestCheck.class);
    /** If the upstream takes longer, the stored manifest is the answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private final Map<String, Answers> answers;
    private final Map<String, ReachabilityMonitor> monitors;
    private final Map<String, ContentStore> stores;
    private final FreshTags fresh;
    private final Executor executor;

    /**
     * For all upstreams at once, by their names.
     *
     * @param stores of those upstreams whose storage is the file system
     * @param executor where exchanges go on that had to wait
     */
    public ManifestCheck(
            Map<String, Answers> answers,
            Map<String, ReachabilityMonitor> monitors,
            Map<String, ContentStore> stores,
            FreshTags fresh,
            Executor executor) {
        this.answers = answers;
        this.monitors = monitors;
        this.stores = stores;
        this.fresh = fresh;
        this.executor = executor;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        PullRequest pull = PullRequest.of(exchange);
        RegistryRequest request = pull.request();
        Optional<ContentStore> store =
                Optional.ofNullable(stores.get(request.upstream().name()));
        boolean isLinked = pull.finding() == Finding.LINKED;
        if (pull.finding() == Finding.STORED) {
            confirm(pull, callback);
            return false;
        }
        if (isLinked || isMissing(request, store)) {
            // A bucket may have it: its child asks for the rest only if it has not. Rate limits count no heads.
            ask(exchange, request, isLinked || store.isEmpty(), store, callback);
            return false;
        }
        callback.done(true);
        return true;
    }

    /** Whether only the upstream can have it; of a manifest in a bucket only the child knows. */
    private static boolean isMissing(RegistryRequest request, Optional<ContentStore> store) {
        return request.isForTag() || store.filter(it -> it.lacks(request)).isPresent();
    }

    private void confirm(PullRequest pull, AsyncCallback callback) {
        RegistryRequest request = pull.request();
        answers(request)
                .head(request)
                .copy()
                .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .whenCompleteAsync(
                        (answer, failure) -> {
                            if (failure != null) {
                                requireNonNull(monitors.get(request.upstream().name()))
                                        .failed("did not answer within " + PATIENCE.toSeconds() + " s");
                            }
                            pull.found(checked(answer, pull));
                            callback.done(false);
                        },
                        executor);
    }

    private Finding checked(@Nullable Answer answer, PullRequest pull) {
        if (!(answer instanceof Answer.Found found)) {
            return Finding.OUTAGE;
        }
        if (!found.digest().equals(pull.stored().reference())) {
            return Finding.NOTHING;
        }
        fresh.confirmed(pull.request(), found.digest());
        return Finding.CONFIRMED;
    }

    /**
     * Asks the child's question in advance, so that the answer is in memory by then; a refusal need not go to a child.
     */
    private void ask(
            Exchange exchange,
            RegistryRequest request,
            boolean onlyHead,
            Optional<ContentStore> store,
            AsyncCallback callback) {
        CompletableFuture<Answer> asked =
                onlyHead ? answers(request).head(request) : answers(request).get(request, request.upstreamTarget());
        asked.whenCompleteAsync(
                (answer, failure) -> {
                    if (store.isPresent() && !onlyHead && answer instanceof Answer.Refused refused) {
                        exchange.setException(refused.error().exception());
                    } else if (store.isPresent() && !isForChild(request) && answer instanceof Answer.Found found) {
                        found.body().ifPresent(body -> keep(PullRequest.of(exchange), store.get(), body));
                    }
                    callback.done(false);
                },
                executor);
    }

    /** Whether a child can store it: a manifest has one digest for them. */
    private static boolean isForChild(RegistryRequest request) {
        return request.isForTag() || Digest.of(request.reference()).algorithm().equals(Digest.SHA_256);
    }

    private static void keep(PullRequest pull, ContentStore store, byte[] manifest) {
        RegistryRequest request = pull.request();
        try {
            store.takeInManifest(request, manifest);
            pull.found(Finding.CONFIRMED);
        } catch (IOException e) {
            LOG.debug(
                    "upstream={} a manifest is not kept: {}", request.upstream().name(), e.toString());
        }
    }

    private Answers answers(RegistryRequest request) {
        return requireNonNull(answers.get(request.upstream().name()));
    }
}
