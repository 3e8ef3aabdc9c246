package io.registrycache.relay;

import static java.util.Objects.requireNonNull;

import io.registrycache.fetch.Fetches;
import io.registrycache.request.Digest;
import io.registrycache.request.Pull.Finding;
import io.registrycache.request.RegistryError;
import io.registrycache.request.RegistryRequest;
import java.util.Map;
import java.util.concurrent.Executor;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * Where storage is a bucket, asks the child whether a blob is stored. Blobs in files are known without a child.
 */
public final class BucketCheck extends AsyncProcessorSupport {

    private final Map<String, Bucket> buckets;
    private final Map<String, Fetches> fetches;
    private final Executor executor;

    /**
     * For all upstreams at once, by their names.
     *
     * @param buckets of those upstreams whose storage is not the file system
     * @param executor where exchanges go on that had to wait
     */
    public BucketCheck(Map<String, Bucket> buckets, Map<String, Fetches> fetches, Executor executor) {
        this.buckets = buckets;
        this.fetches = fetches;
        this.executor = executor;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        PullRequest pull = PullRequest.of(exchange);
        RegistryRequest request = pull.request();
        String upstream = request.upstream().name();
        Digest digest = Digest.of(request.reference());
        Bucket bucket = buckets.get(upstream);
        if (bucket == null
                || requireNonNull(fetches.get(upstream)).underWay(digest).isPresent()) {
            callback.done(true);
            return true;
        }
        bucket.has(digest, request.repository())
                .whenCompleteAsync(
                        (stored, failure) -> {
                            if (failure == null && stored) {
                                pull.found(Finding.AT_CHILD);
                            }
                            callback.done(false);
                        },
                        executor);
        return false;
    }

    /**
     * Refuses a child the head of a blob that it is only asked about; for the back door. A child that stores a blob has
     * asked for its head before.
     */
    public void refuseWhileAsked(Exchange exchange) {
        PullRequest pull = PullRequest.of(exchange);
        Bucket bucket = buckets.get(pull.request().upstream().name());
        if (pull.isHead() && bucket != null && bucket.isClosedFor(Digest.of(pull.reference()))) {
            exchange.setException(new RegistryError(404, "BLOB_UNKNOWN", "blob unknown to registry").exception());
        }
    }
}
