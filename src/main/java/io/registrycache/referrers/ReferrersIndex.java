package io.registrycache.referrers;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.registrycache.request.ManifestType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads a list of referrers, which may be hostile, and writes the one that clients get: an index of schema 2 with the
 * same descriptors, or those of one artifact type. Holds no more of it than one descriptor besides the bytes.
 */
final class ReferrersIndex {

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final JsonParser parser;
    private final JsonGenerator written;
    private final String artifactType;

    private ReferrersIndex(JsonParser parser, JsonGenerator written, String artifactType) {
        this.parser = parser;
        this.written = written;
        this.artifactType = artifactType;
    }

    /**
     * Checks and filters a list.
     *
     * @param artifactType of the descriptors that stay; all, if empty
     * @throws IOException if it is not an index of schema 2 with descriptors
     */
    static byte[] read(byte[] body, String artifactType) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(Math.min(body.length, 64 << 10) + 128);
        try (JsonParser parser = JSON.createParser(body);
                JsonGenerator written = JSON.createGenerator(out)) {
            new ReferrersIndex(parser, written, artifactType).copy();
        }
        return out.toByteArray();
    }

    static byte[] empty() {
        try {
            return read("{\"schemaVersion\":2,\"manifests\":[]}".getBytes(StandardCharsets.UTF_8), "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void copy() throws IOException {
        boolean isSchema2 = false;
        boolean hasList = false;
        written.writeStartObject();
        written.writeNumberField("schemaVersion", 2);
        written.writeStringField("mediaType", ManifestType.INDEX);
        written.writeArrayFieldStart("manifests");
        require(parser.nextToken() == JsonToken.START_OBJECT, "it is not an object");
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            if (field.equals("schemaVersion")) {
                isSchema2 =
                        value == JsonToken.VALUE_NUMBER_INT && parser.getText().equals("2");
            } else if (field.equals("manifests")) {
                // So some programs write an empty list.
                hasList = value == JsonToken.VALUE_NULL || value == JsonToken.START_ARRAY;
                copyDescriptors(value);
            } else {
                parser.skipChildren();
            }
        }
        require(isSchema2 && hasList, "it is not an index of schema 2");
        require(parser.nextToken() == null, "something follows it");
        written.writeEndArray();
        written.writeEndObject();
    }

    private void copyDescriptors(@Nullable JsonToken list) throws IOException {
        if (list != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            require(parser.currentToken() == JsonToken.START_OBJECT, "a descriptor is not an object");
            copyDescriptor();
        }
    }

    private void copyDescriptor() throws IOException {
        ByteArrayOutputStream descriptor = new ByteArrayOutputStream();
        boolean hasDigest = false;
        boolean hasMediaType = false;
        String type = "";
        try (JsonGenerator copy = JSON.createGenerator(descriptor)) {
            int depth = 0;
            do {
                JsonToken token = parser.currentToken();
                require(token != null, "it ends within a descriptor");
                copy.copyCurrentEvent(parser);
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                if (depth == 1 && token == JsonToken.VALUE_STRING) {
                    String field = parser.currentName();
                    hasDigest |= field.equals("digest");
                    hasMediaType |= field.equals("mediaType");
                    type = field.equals("artifactType") ? parser.getText() : type;
                }
                if (depth > 0) {
                    parser.nextToken();
                }
            } while (depth > 0);
        }
        require(hasDigest && hasMediaType, "a descriptor lacks its digest or its type");
        if (artifactType.isEmpty() || artifactType.equals(type)) {
            written.writeRawValue(descriptor.toString(StandardCharsets.UTF_8));
        }
    }

    private static void require(boolean holds, String why) throws IOException {
        if (!holds) {
            throw new IOException(why);
        }
    }
}
