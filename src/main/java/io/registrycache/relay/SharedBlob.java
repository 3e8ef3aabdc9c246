package io.registrycache.relay;

import static java.util.Objects.requireNonNull;

import io.registrycache.request.Digest;
import io.registrycache.request.Pull.Finding;
import io.registrycache.request.RegistryRequest;
import io.registrycache.storage.ContentStore;
import io.registrycache.upstream.Answer;
import io.registrycache.upstream.Answers;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Executor;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A blob that is stored for another repository of the upstream costs no second download: if the upstream has it in this
 * repository too, links it.
 */
public final class SharedBlob extends AsyncProcessorSupport {

    private static final Logger LOG = LoggerFactory.getLogger(SharedBlob.class);

    private final Map<String, Answers> answers;
    private final Map<String, ContentStore> stores;
    private final Executor executor;

    /**
     * For all upstreams at once, by their names.
     *
     * @param stores of those upstreams whose storage is the file system
     * @param executor where exchanges go on that had to wait
     */
    public SharedBlob(Map<String, Answers> answers, Map<String, ContentStore> stores, Executor executor) {
        this.answers = answers;
        this.stores = stores;
        this.executor = executor;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        PullRequest pull = PullRequest.of(exchange);
        RegistryRequest request = pull.request();
        ContentStore store = stores.get(request.upstream().name());
        if (store == null || !store.has(Digest.of(request.reference())) || !store.lacks(request)) {
            callback.done(true);
            return true;
        }
        requireNonNull(answers.get(request.upstream().name()))
                .head(request)
                .whenCompleteAsync(
                        (answer, failure) -> {
                            if (answer instanceof Answer.Refused refused) {
                                exchange.setException(refused.error().exception());
                            } else if (answer instanceof Answer.Found) {
                                link(pull, store);
                            }
                            callback.done(false);
                        },
                        executor);
        return false;
    }

    private static void link(PullRequest pull, ContentStore store) {
        RegistryRequest request = pull.request();
        try {
            store.link(Digest.of(request.reference()), request.repository());
            pull.found(Finding.CONFIRMED);
        } catch (IOException e) {
            LOG.debug("upstream={} no link was written: {}", request.upstream().name(), e.getMessage());
        }
    }
}
