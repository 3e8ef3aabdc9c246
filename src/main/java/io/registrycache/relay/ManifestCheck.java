package io.registrycache.relay;

import static java.util.Objects.requireNonNull;

import io.registrycache.request.Digest;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the upstream about a manifest before the child is asked, once for all clients that want to know: what a tag means
 * now, or for a manifest that is not stored. If the stored one will do, sets the variable {@value #CONFIRMED}; the child
 * gets what was said from memory.
 */
public final class ManifestCheck extends AsyncProcessorSupport {

    private static final Logger LOG = LoggerFactory.getLogger(ManifestCheck.class);
    /** The request to answer from storage. */
    public static final String CONFIRMED = "confirmed";
    /** An upstream that takes longer is answered for by what is stored. */
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private final Map<String, Answers> answers;
    private final Map<String, ReachabilityMonitor> monitors;
    private final Map<String, ContentStore> stores;
    private final Executor executor;
    private final FreshTags fresh = new FreshTags(System::nanoTime);

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
            Executor executor) {
        this.answers = answers;
        this.monitors = monitors;
        this.stores = stores;
        this.executor = executor;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        RegistryRequest request = exchange.getVariable("request", RegistryRequest.class);
        String upstream = request.upstream().name();
        Optional<ContentStore> store = Optional.ofNullable(stores.get(upstream));
        Optional<RegistryRequest> linked = store.flatMap(it -> it.digestOf(request));
        Optional<RegistryRequest> stored =
                linked.filter(it -> store.get().find(it).isPresent());
        ReachabilityMonitor monitor = requireNonNull(monitors.get(upstream));
        if (stored.isPresent() && !monitor.isCertain()) {
            offline(exchange, stored.get());
        } else if (stored.isPresent() && fresh.includes(request, stored.get().reference())) {
            exchange.getVariable("pull", PullRequest.class).transfer().isFresh();
            exchange.setVariable(CONFIRMED, stored.get());
        } else if (stored.isPresent()) {
            confirm(exchange, request, stored.get(), monitor, callback);
            return false;
        } else if (linked.isPresent() || isMissing(request, store)) {
            // A bucket may have it: its child asks for the rest only if it has not. Rate limits count no heads.
            ask(exchange, request, linked.isPresent() || store.isEmpty(), store, callback);
            return false;
        }
        callback.done(true);
        return true;
    }

    /** Whether only the upstream can have it; of a manifest in a bucket only the child knows. */
    private static boolean isMissing(RegistryRequest request, Optional<ContentStore> store) {
        return request.isForTag() || store.filter(it -> it.lacks(request)).isPresent();
    }

    private static void offline(Exchange exchange, RegistryRequest stored) {
        exchange.getVariable("pull", PullRequest.class).transfer().isOffline();
        exchange.setVariable(CONFIRMED, stored);
    }

    private void confirm(
            Exchange exchange,
            RegistryRequest request,
            RegistryRequest stored,
            ReachabilityMonitor monitor,
            AsyncCallback callback) {
        answers(request)
                .head(request)
                .copy()
                .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .whenCompleteAsync(
                        (answer, failure) -> {
                            if (failure != null) {
                                monitor.failed("did not answer within " + PATIENCE.toSeconds() + " s");
                            }
                            if (!(answer instanceof Answer.Found found)) {
                                offline(exchange, stored);
                            } else if (found.digest().equals(stored.reference())) {
                                fresh.confirmed(request, found.digest());
                                exchange.setVariable(CONFIRMED, stored);
                            }
                            callback.done(false);
                        },
                        executor);
    }

    /** Asks for what the child will ask for, so that the answer is in memory by then; a refusal need not go to a child. */
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
                        found.body().ifPresent(body -> keep(exchange, request, store.get(), body));
                    }
                    callback.done(false);
                },
                executor);
    }

    /** Whether a child can store it: a manifest has one digest for them. */
    private static boolean isForChild(RegistryRequest request) {
        return request.isForTag() || Digest.of(request.reference()).algorithm().equals(Digest.SHA_256);
    }

    private static void keep(Exchange exchange, RegistryRequest request, ContentStore store, byte[] manifest) {
        try {
            store.takeInManifest(request, manifest);
            exchange.setVariable(CONFIRMED, request);
        } catch (IOException e) {
            LOG.debug(
                    "upstream={} a manifest is not kept: {}", request.upstream().name(), e.toString());
        }
    }

    private Answers answers(RegistryRequest request) {
        return requireNonNull(answers.get(request.upstream().name()));
    }
}
