package io.registrycache.relay;

import static java.util.Objects.requireNonNull;

import io.registrycache.request.Pull.Finding;
import io.registrycache.request.RegistryRequest;
import io.registrycache.storage.ContentStore;
import io.registrycache.upstream.ReachabilityMonitor;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Resolves a tag to the manifest that is stored for it. Reports {@code OUTAGE} or {@code FRESH} if the upstream cannot or
 * need not be asked about it, else {@code STORED}; {@code LINKED} if the digest alone is stored.
 */
public final class FindManifest implements Processor {

    private final Map<String, ReachabilityMonitor> monitors;
    private final Map<String, ContentStore> stores;
    private final FreshTags fresh;

    /**
     * For all upstreams at once, by their names.
     *
     * @param stores of those upstreams whose storage is the file system
     */
    public FindManifest(Map<String, ReachabilityMonitor> monitors, Map<String, ContentStore> stores, FreshTags fresh) {
        this.monitors = monitors;
        this.stores = stores;
        this.fresh = fresh;
    }

    @Override
    public void process(Exchange exchange) {
        PullRequest pull = PullRequest.of(exchange);
        RegistryRequest request = pull.request();
        @Nullable ContentStore store = stores.get(request.upstream().name());
        if (store != null) {
            store.digestOf(request).ifPresent(content -> pull.found(finding(request, content, store), content));
        }
    }

    private Finding finding(RegistryRequest request, RegistryRequest content, ContentStore store) {
        if (store.find(content).isEmpty()) {
            return Finding.LINKED;
        }
        if (!requireNonNull(monitors.get(request.upstream().name())).isCertain()) {
            return Finding.OUTAGE;
        }
        return fresh.includes(request, content.reference()) ? Finding.FRESH : Finding.STORED;
    }
}
