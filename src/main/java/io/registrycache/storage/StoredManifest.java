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
import java.util.stream.Stream;

/**
 * The references of a stored manifest.
 *
 * @param layers nothing for an index
 * @param config nothing for an index
 * @param manifests of an index
 * @param subject of an artifact
 * @param isAttestation whether it says how an image was built, and is not an image
 */
record StoredManifest(
        Set<Digest> layers, Set<Digest> config, Set<Digest> manifests, Set<Digest> subject, boolean isAttestation) {

    /** A larger one is refused when it is fetched. */
    private static final long LARGEST = 8 << 20;
    /** Further ones are left out; real images have at most some hundred. */
    private static final int MOST_REFERENCES = 10_000;

    private static final String ATTESTATION = "application/vnd.in-toto+json";
    private static final JsonFactory JSON = new JsonFactory();

    StoredManifest {
        layers = Set.copyOf(layers);
        config = Set.copyOf(config);
        manifests = Set.copyOf(manifests);
        subject = Set.copyOf(subject);
    }

    /** All of it. */
    Set<Digest> references() {
        Set<Digest> all = new HashSet<>(layers);
        all.addAll(config);
        all.addAll(manifests);
        all.addAll(subject);
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
        Parts parts = new Parts();
        boolean isManifest = false;
        try (JsonParser parser = JSON.createParser(data.toFile())) {
            int depth = 0;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (depth == 0 && token != JsonToken.START_OBJECT) {
                    return Optional.empty();
                }
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                String name = parser.currentName();
                if (depth == 1 && token == JsonToken.FIELD_NAME) {
                    parts.part = name;
                }
                isManifest |= depth == 1 && token == JsonToken.VALUE_NUMBER_INT && "schemaVersion".equals(name);
                if (token == JsonToken.VALUE_STRING) {
                    parts.add(name, parser.getText());
                }
            }
        } catch (JsonParseException e) {
            // A layer, for one.
            return Optional.empty();
        }
        return isManifest ? Optional.of(parts.manifest()) : Optional.empty();
    }

    /** The references that were read so far. */
    private static final class Parts {

        private final Set<Digest> layers = new HashSet<>();
        private final Set<Digest> config = new HashSet<>();
        private final Set<Digest> manifests = new HashSet<>();
        private final Set<Digest> subject = new HashSet<>();
        private boolean isAttestation;
        /** The field of the manifest in which the parser is. */
        private String part = "";

        void add(String name, String text) {
            if ("digest".equals(name) || "blobSum".equals(name)) {
                Set<Digest> references = switch (part) {
                    case "config" -> config;
                    case "manifests" -> manifests;
                    case "subject" -> subject;
                    default -> layers;
                };
                if (Digest.isWellFormed(text) && references.size() < MOST_REFERENCES) {
                    references.add(Digest.of(text));
                }
            }
            isAttestation |= "layers".equals(part) && "mediaType".equals(name) && ATTESTATION.equals(text);
        }

        StoredManifest manifest() {
            return new StoredManifest(layers, config, manifests, subject, isAttestation);
        }
    }

    /** The references of a manifest; none if it is not stored. */
    static Set<Digest> referencesOf(Layout layout, Digest manifest) throws IOException {
        try {
            return read(layout.data(manifest)).map(StoredManifest::references).orElse(Set.of());
        } catch (NoSuchFileException e) {
            return Set.of();
        }
    }

    /** Whether a layer is left, or a manifest that it references. */
    boolean hasLayer(Layout layout) {
        return Stream.of(layers, manifests, subject)
                .flatMap(Set::stream)
                .anyMatch(reference -> Files.exists(layout.data(reference)));
    }
}
