package io.registrycache.relay;

import static java.util.Objects.requireNonNull;

import io.netty.handler.codec.http.HttpMethod;
import io.registrycache.fetch.Fetches;
import io.registrycache.request.Digest;
import io.registrycache.request.RegistryError;
import io.registrycache.request.RegistryRequest;
import java.util.Map;
import java.util.concurrent.Executor;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * Where storage is a bucket, asks the child whether a blob is stored, and sets the variable {@value FromStorage#AT_CHILD} if so.
 * Blobs in files are known without a child.
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
        RegistryRequest request = exchange.getVariable("request", RegistryRequest.class);
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
                            exchange.setVariable(FromStorage.AT_CHILD, failure == null && stored);
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
        RegistryRequest request = exchange.getVariable("request", RegistryRequest.class);
        Bucket bucket = buckets.get(request.upstream().name());
        boolean isHead =
                exchange.getVariable("pull", PullRequest.class).asked().method().equals(HttpMethod.HEAD);
        if (isHead && bucket != null && bucket.isClosedFor(Digest.of(request.reference()))) {
            exchange.setException(new RegistryError(404, "BLOB_UNKNOWN", "blob unknown to registry").exception());
        }
    }
}
