package io.registrycache.storage;

import io.registrycache.config.ImagePattern;
import io.registrycache.request.Digest;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which images are never evicted. */
final class Pins {

    private final List<ImagePattern> pins;

    Pins(List<ImagePattern> pins) {
        this.pins = List.copyOf(pins);
    }

    boolean isEmpty() {
        return pins.isEmpty();
    }

    /** The pinned manifests of a repository. */
    Set<Digest> manifests(String repository, RepositoryLinks links) throws IOException {
        Set<Digest> found = new HashSet<>();
        for (ImagePattern pin : pins) {
            if (!pin.isOf(repository)) {
                continue;
            }
            if (pin.isForAll()) {
                found.addAll(links.manifests());
            }
            for (String tag : links.tags()) {
                if (pin.matches(repository, tag)) {
                    links.manifest(tag).ifPresent(found::add);
                }
            }
        }
        return found;
    }
}
