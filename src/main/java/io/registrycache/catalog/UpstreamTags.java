package io.registrycache.catalog;

import static io.registrycache.request.Json.JSON;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.registrycache.request.NextPage;
import io.registrycache.request.Page;
import io.registrycache.request.RegistryRequest;
import io.registrycache.storage.Names;
import io.registrycache.upstream.Answer;
import java.io.IOException;

/**
 * An upstream's list of tags, which may be hostile.
 *
 * @param next the query of the next page at the upstream, or nothing
 */
record UpstreamTags(Names names, String next) {

    /**
     * Reads it.
     *
     * @throws IOException if it is not a list of tags, or its link leads elsewhere
     */
    static UpstreamTags read(Answer.Found found) throws IOException {
        try (JsonParser parser = JSON.createParser(found.body().orElse(new byte[0]))) {
            UpstreamTags tags = new UpstreamTags(names(parser), NextPage.query(found.link(), "/tags/list"));
            if (!tags.next.isEmpty() && tags.names.count() > TagPage.LARGEST) {
                throw new IOException("a page is too large");
            }
            return tags;
        }
    }

    private static Names names(JsonParser parser) throws IOException {
        Names.Builder names = new Names.Builder();
        require(parser.nextToken() == JsonToken.START_OBJECT);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            if (parser.nextToken() != JsonToken.START_ARRAY || !field.equals("tags")) {
                // Version 2 of the registry writes null for none; others add fields of their own.
                require(!field.equals("tags") || parser.currentToken() == JsonToken.VALUE_NULL);
                parser.skipChildren();
                continue;
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                require(parser.currentToken() == JsonToken.VALUE_STRING);
                names.add(parser.getText());
            }
        }
        require(parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null);
        return names.build();
    }

    private static void require(boolean holds) throws IOException {
        if (!holds) {
            throw new IOException("it is not a list of tags");
        }
    }

    /**
     * Whether these are all tags of the repository, also if a page was asked for: version 2 of the registry ignores that.
     * Pages stay in the order of the upstream, which is not that of the names everywhere.
     */
    boolean areAll(RegistryRequest request) {
        Page asked = request.page();
        boolean isFirst = asked.last().isEmpty() && !request.isForOpaquePage();
        boolean isTooLong = asked.isLimited() && names.count() > asked.size();
        return next.isEmpty() && (isFirst || isTooLong || names.contains(asked.last()));
    }
}
