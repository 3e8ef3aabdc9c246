package io.registrycache.relay;

import io.registrycache.request.RegistryRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;

/**
 * The caches that clients' requests came through, as long as a child is asked about their repositories: a child does not
 * send {@code CDN-Loop} on, and without it a loop would have no end.
 */
public final class PassedCaches {

    private record Repository(String upstream, String name) {
        static Repository of(RegistryRequest request) {
            return new Repository(request.upstream().name(), request.repository());
        }
    }

    private final Map<Repository, List<String>> lists = new ConcurrentHashMap<>();

    /** A client's request goes to a child. */
    void enter(Exchange exchange, RegistryRequest request) {
        if (request.caches().isEmpty()) {
            return;
        }
        Repository repository = Repository.of(request);
        lists.merge(repository, List.of(request.caches()), PassedCaches::both);
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange over) {
                lists.computeIfPresent(repository, (key, known) -> without(known, request.caches()));
            }
        });
    }

    private static List<String> both(List<String> known, List<String> more) {
        List<String> all = new ArrayList<>(known);
        all.addAll(more);
        return List.copyOf(all);
    }

    @SuppressWarnings("NullAway") // Null removes the entry.
    private static List<String> without(List<String> known, String one) {
        List<String> left = new ArrayList<>(known);
        left.remove(one);
        return left.isEmpty() ? null : List.copyOf(left);
    }

    /** What a child asks, through the caches that it is asked for: of several lists the longest. */
    RegistryRequest through(RegistryRequest ofChild) {
        return lists.getOrDefault(Repository.of(ofChild), List.of()).stream()
                .max(Comparator.comparingInt(String::length))
                .map(ofChild::through)
                .orElse(ofChild);
    }
}
