package io.registrycache.status;

import io.registrycache.config.Upstream;
import io.registrycache.config.Upstreams;
import io.registrycache.process.Children;
import io.registrycache.process.UpstreamChild;
import io.registrycache.storage.Completeness;
import io.registrycache.storage.StoredReferences;
import io.registrycache.storage.StoredRepositories;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds cached images by parts of their names and tags, in the file system; it reads folders, so it blocks. */
final class ImageSearch {

    private static final Logger LOG = LoggerFactory.getLogger(ImageSearch.class);
    private static final int MOST = 100;
    private static final int MOST_REFERENCES = 1_000;
    private static final int LONGEST_QUERY = 200;

    /**
     * The result of a search.
     *
     * @param more whether there is more than is shown
     * @param unavailable the upstreams whose storage is not a file system, and cannot be searched
     */
    record Found(List<Cached> images, boolean more, List<String> unavailable) {}

    /**
     * An image of which something is stored.
     *
     * @param isWhole whether a pull fetches nothing
     */
    record Cached(Image image, boolean isWhole) {}

    private final Supplier<Upstreams> upstreams;
    private final Children children;

    ImageSearch(Supplier<Upstreams> upstreams, Children children) {
        this.upstreams = upstreams;
        this.children = children;
    }

    /**
     * Images whose name or tag has all words in it; any, when there is none.
     *
     * @param query words with spaces between them
     */
    Found find(String query) {
        String shortened = query.substring(0, Math.min(query.length(), LONGEST_QUERY));
        List<String> words = List.of(shortened.toLowerCase(Locale.ROOT).strip().split("\\s+"));
        Predicate<Image> matches = image -> words.stream().allMatch(image.name().toLowerCase(Locale.ROOT)::contains);
        List<Image> images = new ArrayList<>();
        List<String> unavailable = new ArrayList<>();
        for (Upstream upstream : upstreams.get().all()) {
            Optional<Path> folder = folder(upstream.name());
            if (folder.isEmpty()) {
                unavailable.add(upstream.name());
            } else if (images.size() <= MOST) {
                collect(upstream.name(), folder.get(), matches, images);
            }
        }
        boolean more = images.size() > MOST;
        List<Cached> shown = images.stream().limit(MOST).map(this::cached).toList();
        return new Found(shown, more, unavailable);
    }

    private Optional<Path> folder(String upstream) {
        return children.find(upstream).flatMap(UpstreamChild::folder);
    }

    private Cached cached(Image image) {
        Optional<Path> folder = folder(image.upstream());
        try {
            return new Cached(
                    image,
                    folder.isPresent() && Completeness.isWhole(folder.get(), image.repository(), image.reference()));
        } catch (IOException e) {
            LOG.debug("{} cannot be looked through: {}", image.name(), e.getMessage());
            return new Cached(image, false);
        }
    }

    private static void collect(String upstream, Path folder, Predicate<Image> matches, List<Image> images) {
        try {
            for (String repository : StoredRepositories.in(folder)) {
                if (images.size() > MOST) {
                    return;
                }
                StoredReferences.of(folder, repository, MOST_REFERENCES).stream()
                        .map(reference -> new Image(upstream, repository, reference))
                        .filter(matches)
                        .limit(MOST + 1 - images.size())
                        .forEach(images::add);
            }
        } catch (IOException e) {
            LOG.debug("upstream={} cannot be searched: {}", upstream, e.getMessage());
        }
    }
}
