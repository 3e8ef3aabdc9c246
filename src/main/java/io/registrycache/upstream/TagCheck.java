package io.registrycache.upstream;

import static java.util.Objects.requireNonNull;

import io.registrycache.request.RegistryRequest;
import io.registrycache.storage.ContentStore;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.jspecify.annotations.Nullable;

/**
 * Asks the upstream what a tag means whose manifest is stored, and sets the variable {@value #CONFIRMED} when it still
 * means that. A child takes several times as long for the same, as it writes down each time what it heard; it is left
 * everything else, and what to do when the upstream does not say.
 */
public final class TagCheck extends AsyncProcessorSupport {

    /** The request, by the digest that its upstream confirmed. */
    public static final String CONFIRMED = "confirmed";

    private static final List<String> ACCEPT = List.of(RegistryRequest.ALL_MANIFESTS);

    /** A part of what a client waits until it is given what is cached; the rest is the child's. */
    private static final Duration PATIENCE = Duration.ofMillis(500);
    /** An upstream that did not say is not asked for so long; children still do. */
    private static final Duration PAUSE = Duration.ofSeconds(30);
    /** At the same time, of one upstream: each is a connection. */
    private static final int MOST_QUESTIONS = 32;

    private final Map<String, Asked> upstreams = new HashMap<>();
    private final Predicate<String> isOnline;
    private final Executor executor;

    /**
     * For all upstreams at once.
     *
     * @param clients by the upstreams' names
     * @param stores by the names of those upstreams whose storage is the file system
     * @param isOnline whether the upstream of a name can be asked, as far as is known
     * @param executor where exchanges go on when the upstream has answered
     */
    public TagCheck(
            Map<String, UpstreamClient> clients,
            Map<String, ContentStore> stores,
            Predicate<String> isOnline,
            Executor executor) {
        stores.forEach((name, store) -> upstreams.put(name, new Asked(requireNonNull(clients.get(name)), store)));
        this.isOnline = isOnline;
        this.executor = executor;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        RegistryRequest request = exchange.getVariable("request", RegistryRequest.class);
        String name = request.upstream().name();
        Asked upstream = upstreams.get(name);
        Optional<RegistryRequest> byDigest = upstream == null ? Optional.empty() : upstream.store.byDigest(request);
        if (upstream == null || byDigest.isEmpty() || !isOnline.test(name) || !upstream.begin()) {
            callback.done(true);
            return true;
        }
        upstream.client
                .head(request.upstreamTarget(), request.repository(), ACCEPT)
                .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .whenCompleteAsync(
                        (answer, failure) -> {
                            if (upstream.end(answer).equals(byDigest.get().reference())) {
                                exchange.setVariable(CONFIRMED, byDigest.get());
                            }
                            callback.done(false);
                        },
                        executor);
        return false;
    }

    /** An upstream, and what is known of how it takes being asked. */
    private static final class Asked {

        private final UpstreamClient client;
        private final ContentStore store;
        private final Semaphore questions = new Semaphore(MOST_QUESTIONS);
        private volatile long pausedUntil = System.nanoTime();

        Asked(UpstreamClient client, ContentStore store) {
            this.client = client;
            this.store = store;
        }

        boolean begin() {
            return System.nanoTime() - pausedUntil >= 0 && client.canAsk() && questions.tryAcquire();
        }

        /** The digest that it says, or nothing. */
        String end(UpstreamClient.@Nullable Answer answer) {
            questions.release();
            String digest = answer == null || answer.status() != 200 ? "" : answer.digest();
            if (digest.isEmpty()) {
                pausedUntil = System.nanoTime() + PAUSE.toNanos();
            }
            return digest;
        }
    }
}
