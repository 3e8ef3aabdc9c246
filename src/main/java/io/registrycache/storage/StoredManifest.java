package io.registrycache.storage;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.registrycache.request.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What a stored manifest references.
 *
 * @param layers or the manifests of an index, and the subject of an artifact
 * @param config nothing for an index
 */
record StoredManifest(Set<Digest> layers, Set<Digest> config) {

    /** A larger one is refused when it is fetched. */
    private static final long LARGEST = 8 << 20;
    /** Further ones are left out; real images have at most some hundred. */
    private static final int MOST_REFERENCES = 10_000;

    private static final JsonFactory JSON = new JsonFactory();

    StoredManifest {
        layers = Set.copyOf(layers);
        config = Set.copyOf(config);
    }

    /** All of it. */
    Set<Digest> references() {
        Set<Digest> all = new HashSet<>(layers);
        all.addAll(config);
        return all;
    }

    /** Reads a file, which is not a use of it; empty if it is not a manifest. */
    static Optional<StoredManifest> read(Path data) throws IOException {
        BasicFileAttributes before = Files.readAttributes(data, BasicFileAttributes.class);
        if (before.size() > LARGEST) {
            return Optional.empty();
        }
        try {
            return parse(data);
        } finally {
            LastUse.restore(data, before);
        }
    }

    private static Optional<StoredManifest> parse(Path data) throws IOException {
        Set<Digest> layers = new HashSet<>();
        Set<Digest> config = new HashSet<>();
        boolean isManifest = false;
        try (JsonParser parser = JSON.createParser(data.toFile())) {
            int depth = 0;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (depth == 0 && token != JsonToken.START_OBJECT) {
                    return Optional.empty();
                }
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                String name = parser.currentName();
                isManifest |= depth == 1 && token == JsonToken.VALUE_NUMBER_INT && "schemaVersion".equals(name);
                if (token == JsonToken.VALUE_STRING && ("digest".equals(name) || "blobSum".equals(name))) {
                    boolean isConfig = "config"
                            .equals(parser.getParsingContext().getParent().getCurrentName());
                    add(isConfig ? config : layers, parser.getText());
                }
            }
        } catch (JsonParseException e) {
            // A layer, for one.
            return Optional.empty();
        }
        return isManifest ? Optional.of(new StoredManifest(layers, config)) : Optional.empty();
    }

    /** What a manifest references; nothing if it is not stored. */
    static Set<Digest> referencesOf(Layout layout, Digest manifest) throws IOException {
        try {
            return read(layout.data(manifest)).map(StoredManifest::references).orElse(Set.of());
        } catch (NoSuchFileException e) {
            return Set.of();
        }
    }

    /** Whether one of its layers is left. */
    boolean hasLayer(Layout layout) {
        return layers.stream().anyMatch(reference -> Files.exists(layout.data(reference)));
    }

    private static void add(Set<Digest> references, String text) {
        if (Digest.isWellFormed(text) && references.size() < MOST_REFERENCES) {
            references.add(Digest.of(text));
        }
    }
}
