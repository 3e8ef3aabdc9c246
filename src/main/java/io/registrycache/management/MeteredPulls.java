package io.registrycache.management;

import io.registrycache.request.Operation;
import io.registrycache.traffic.Transfer;
import io.registrycache.traffic.TransferObserver;
import io.registrycache.upstream.RateLimit;
import java.util.Optional;
import java.util.function.Function;

/**
 * Counts the manifests that clients have got, to tell how much that saves of an upstream's rate limit.
 *
 * @param byUpstream finds an upstream's by its name
 */
public record MeteredPulls(Function<String, Optional<RateLimit>> byUpstream) implements TransferObserver {

    @Override
    public void began(Transfer transfer) {
        // It counts when it ends.
    }

    @Override
    public void ended(Transfer transfer) {
        if (transfer.status() == 200
                && transfer.isComplete()
                && transfer.asked().method().name().equals("GET")) {
            transfer.request()
                    .filter(request -> request.operation() == Operation.MANIFEST)
                    .flatMap(request -> byUpstream.apply(request.upstream().name()))
                    .ifPresent(limit -> limit.metered().pulled());
        }
    }
}
