package io.registrycache.storage;

import io.registrycache.request.Digest;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which images are never evicted: {@code library/postgres:16}, or {@code my-org/*} with all tags and digests. */
final class Pins {

    private record Pin(Pattern repository, Pattern tag, boolean isForAll) {}

    private final List<Pin> pins;

    Pins(List<String> texts) {
        this.pins = texts.stream().map(Pins::pin).toList();
    }

    private static Pin pin(String text) {
        int colon = text.indexOf(':');
        return colon < 0
                ? new Pin(pattern(text), pattern("*"), true)
                : new Pin(pattern(text.substring(0, colon)), pattern(text.substring(colon + 1)), false);
    }

    private static Pattern pattern(String text) {
        return Pattern.compile(
                Stream.of(text.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
    }

    boolean isEmpty() {
        return pins.isEmpty();
    }

    /** Whether a tag is pinned. */
    boolean includes(String repository, String tag) {
        return pins.stream()
                .anyMatch(pin -> pin.repository.matcher(repository).matches()
                        && pin.tag.matcher(tag).matches());
    }

    /** The pinned manifests of a repository. */
    Set<Digest> manifests(String repository, RepositoryLinks links) throws IOException {
        Set<Digest> found = new HashSet<>();
        for (Pin pin : pins) {
            if (!pin.repository.matcher(repository).matches()) {
                continue;
            }
            if (pin.isForAll) {
                found.addAll(links.manifests());
            }
            for (String tag : links.tags()) {
                if (pin.tag.matcher(tag).matches()) {
                    links.manifest(tag).ifPresent(found::add);
                }
            }
        }
        return found;
    }
}
