package io.registrycache.referrers;

import io.registrycache.referrers.ReferrersAnswer.Page;
import io.registrycache.request.RegistryRequest;
import io.registrycache.storage.ContentStore;
import io.registrycache.storage.ReferrerLists;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last lists of referrers of one upstream, for its outages; blocks. */
final class KeptReferrers {

    private static final Logger LOG = LoggerFactory.getLogger(KeptReferrers.class);
    /**
     * Begins a kept list; the query of the next page and a line's end follow, then the index. Nothing else is JSON so.
     */
    private static final String NEXT = "next: ";

    private final ReferrerLists lists;
    private final Optional<ContentStore> store;

    /**
     * In these lists.
     *
     * @param store of the upstream, if its storage is the file system
     */
    KeptReferrers(ReferrerLists lists, Optional<ContentStore> store) {
        this.lists = lists;
        this.store = store;
    }

    /** Keeps a page; an empty one only where it is worth a file: of all referrers of a manifest that is stored. */
    void keep(RegistryRequest request, Page page) {
        boolean isWorth = !page.isEmpty() || (request.isForAllReferrers() && isStored(request));
        try {
            if (isWorth) {
                lists.put(request.repository(), request.upstreamTarget(), bytes(page));
            } else {
                lists.remove(request.repository(), request.upstreamTarget());
            }
        } catch (IOException e) {
            LOG.debug(
                    "upstream={} referrers are not kept: {}", request.upstream().name(), e.toString());
        }
    }

    private boolean isStored(RegistryRequest request) {
        return store.isEmpty() || !store.get().lacks(request.forManifest(request.reference()));
    }

    /** The last answer to this request, or the same made of the list of all referrers. */
    Optional<Page> find(RegistryRequest request) {
        Optional<Page> exact = read(request, request.upstreamTarget(), "");
        return exact.or(() -> request.ofAllReferrers()
                .flatMap(all -> read(request, all.upstreamTarget(), request.artifactType()))
                .filter(page -> page.next().isEmpty()));
    }

    private Optional<Page> read(RegistryRequest request, String target, String artifactType) {
        try {
            Optional<byte[]> found = lists.find(request.repository(), target);
            return found.isEmpty() ? Optional.empty() : Optional.of(page(found.get(), artifactType));
        } catch (IOException e) {
            LOG.debug(
                    "upstream={} kept referrers are left out: {}",
                    request.upstream().name(),
                    e.toString());
            return Optional.empty();
        }
    }

    private static byte[] bytes(Page page) {
        byte[] head = (NEXT + page.next() + "\n").getBytes(StandardCharsets.US_ASCII);
        byte[] all = Arrays.copyOf(head, head.length + page.index().length);
        System.arraycopy(page.index(), 0, all, head.length, page.index().length);
        return all;
    }

    private static Page page(byte[] kept, String artifactType) throws IOException {
        int end = 0;
        while (end < kept.length && kept[end] != '\n') {
            end++;
        }
        String head = new String(kept, 0, end, StandardCharsets.US_ASCII);
        if (!head.startsWith(NEXT) || end == kept.length) {
            throw new IOException("it was written by half");
        }
        byte[] index = Arrays.copyOfRange(kept, end + 1, kept.length);
        return new Page(ReferrersIndex.read(index, artifactType), head.substring(NEXT.length()));
    }
}
