package io.registrycache.storage;

import static io.registrycache.request.Json.JSON;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.registrycache.request.ManifestType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The media type of a stored manifest: what it says itself, and for some of OCI's that say nothing, what their fields
 * tell. The oldest kinds, and those that are unknown, have none.
 */
final class StoredType {

    private StoredType() {}

    /** Of a whole manifest; nothing if it is unknown. */
    static String of(byte[] manifest) throws IOException {
        try (JsonParser parser = JSON.createParser(manifest)) {
            return read(parser);
        }
    }

    /**
     * Of a large manifest, which says it near its beginning as a rule; nothing if it is unknown.
     *
     * @param most so many bytes are read at most
     */
    static String of(Path file, int most) throws IOException {
        byte[] beginning;
        try (InputStream in = Files.newInputStream(file)) {
            beginning = in.readNBytes(most);
        }
        try {
            return of(beginning);
        } catch (IOException e) {
            // It breaks off where it says nothing so far.
            return "";
        }
    }

    private static String read(JsonParser parser) throws IOException {
        boolean isSchema2 = false;
        boolean isIndex = false;
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            return "";
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            if (field.equals("mediaType")) {
                String type = value == JsonToken.VALUE_STRING ? parser.getText() : "";
                if (!type.isEmpty()) {
                    return ManifestType.ALL.contains(type) ? type : "";
                }
            }
            isSchema2 |= field.equals("schemaVersion")
                    && value == JsonToken.VALUE_NUMBER_INT
                    && parser.getText().equals("2");
            isIndex |= field.equals("manifests");
            parser.skipChildren();
        }
        return !isSchema2 ? "" : isIndex ? ManifestType.INDEX : ManifestType.IMAGE;
    }
}
