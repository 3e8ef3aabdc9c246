package io.registrycache.catalog;

import io.registrycache.request.Page;
import io.registrycache.request.RegistryRequest;
import io.registrycache.storage.Names;
import java.util.List;

/**
 * A page of a repository's tags.
 *
 * @param link the {@code Link} header to the next page, or nothing
 */
record TagPage(List<String> tags, String link) {

    /** A page is not larger, whatever is asked for; 100,000 tags are some megabytes of memory. */
    static final int LARGEST = 100_000;

    TagPage {
        tags = List.copyOf(tags);
    }

    /** The page that is asked for, of all tags of the repository. */
    static TagPage of(Names all, RegistryRequest request) {
        Page page = request.page();
        int size = page.isLimited() ? Math.min(page.size(), LARGEST) : LARGEST;
        // One more than the page has tells whether there is another.
        List<String> found = all.page(page.last(), size == 0 ? 0 : size + 1);
        if (found.size() <= size) {
            return new TagPage(found, "");
        }
        List<String> shown = found.subList(0, size);
        return new TagPage(shown, page.linkAfter(request.typedPath() + "/tags/list", shown.get(size - 1)));
    }
}
