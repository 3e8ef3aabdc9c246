package io.registrycache.catalog;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.registrycache.request.Page;
import io.registrycache.request.RegistryRequest;
import io.registrycache.storage.StoredTags;
import io.registrycache.storage.UpstreamStorage;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lists the stored tags of a repository while its upstream is unreachable, and stops the route; reads a folder for it. */
public final class TagsOffline extends AsyncProcessorSupport {

    private static final Logger LOG = LoggerFactory.getLogger(TagsOffline.class);
    private static final ExecutorService READERS =
            Executors.newFixedThreadPool(2, new DefaultThreadFactory("tags", true));

    private final Predicate<String> isReachable;
    private final Map<String, UpstreamStorage> storages;
    private final Executor executor;

    /**
     * For all upstreams at once.
     *
     * @param isReachable whether an upstream of this name answers
     * @param storages by the names of those upstreams whose storage is the file system
     * @param executor where exchanges go on that had to wait
     */
    public TagsOffline(Predicate<String> isReachable, Map<String, UpstreamStorage> storages, Executor executor) {
        this.isReachable = isReachable;
        this.storages = storages;
        this.executor = executor;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        RegistryRequest request = exchange.getVariable("request", RegistryRequest.class);
        UpstreamStorage storage = storages.get(request.upstream().name());
        if (storage == null || isReachable.test(request.upstream().name())) {
            callback.done(true);
            return true;
        }
        READERS.execute(() -> {
            answer(exchange, request, storage);
            executor.execute(() -> callback.done(false));
        });
        return false;
    }

    private static void answer(Exchange exchange, RegistryRequest request, UpstreamStorage storage) {
        Page page = request.page();
        try {
            // One more than the page has tells whether there is another.
            int most = page.isLimited() ? page.size() + 1 : Integer.MAX_VALUE;
            List<String> tags = StoredTags.of(storage.layout(), request.repository(), page.last(), most);
            if (!tags.isEmpty()) {
                TagList.write(tags, false, request, exchange.getMessage());
                exchange.setRouteStop(true);
            }
        } catch (IOException e) {
            LOG.debug("upstream={} tags are left to the child: {}", storage.name(), e.toString());
        }
    }
}
