package io.registrycache.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import io.registrycache.process.Children;
import io.registrycache.process.UpstreamChild;
import io.registrycache.request.RegistryRequest;
import io.registrycache.storage.Names;
import io.registrycache.storage.StoredTags;
import io.registrycache.storage.UpstreamStorage;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lists the stored tags of a repository; reads a folder for it, or asks the child where the storage is something else.
 */
public final class TagsOffline {

    private static final Logger LOG = LoggerFactory.getLogger(TagsOffline.class);

    private final Map<String, UpstreamStorage> storages;
    private final Children children;
    private final StoredTags folders = new StoredTags();

    /**
     * For all upstreams at once.
     *
     * @param storages by the names of those upstreams whose storage is the file system
     */
    public TagsOffline(Map<String, UpstreamStorage> storages, Children children) {
        this.storages = storages;
        this.children = children;
    }

    /** A page of them; nothing if no tag is stored, or if only the upstream knows which page is meant. Blocks. */
    Optional<TagPage> find(RegistryRequest request) {
        if (request.isForOpaquePage()) {
            return Optional.empty();
        }
        try {
            Names names = names(request);
            return names.count() == 0 ? Optional.empty() : Optional.of(TagPage.of(names, request));
        } catch (IOException e) {
            LOG.debug(
                    "upstream={} stored tags are not listed: {}",
                    request.upstream().name(),
                    e.toString());
            return Optional.empty();
        }
    }

    private Names names(RegistryRequest request) throws IOException {
        String upstream = request.upstream().name();
        UpstreamStorage storage = storages.get(upstream);
        if (storage != null) {
            return folders.of(storage.layout(), request.repository());
        }
        Optional<UpstreamChild> child = children.find(upstream);
        Names.Builder names = new Names.Builder();
        if (child.isPresent()) {
            // It is told that the upstream does not answer, and lists its stored tags.
            JsonNode list = ChildList.ask(child.get(), "/v2/" + request.repository() + "/tags/list");
            list.path("tags").forEach(tag -> names.add(tag.asText()));
        }
        return names.build();
    }
}
