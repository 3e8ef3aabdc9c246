package io.registrycache.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads {@code CONFIG}: a JSON list of hosts and of objects with the keys below. */
final class UpstreamsReader {

    private static final Set<String> KEYS =
            Set.of("registry", "name", "aliases", "variables", "limit", "keep", "pin", "fresh", "immutable", "warm");
    private static final Set<String> WARM_KEYS = Set.of("images", "platforms", "every");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final FileVariables files;

    UpstreamsReader(FileVariables files) {
        this.files = files;
    }

    Upstreams read(String json) {
        JsonNode list = parse(json);
        if (!list.isArray()) {
            throw new ConfigException("CONFIG", "is " + kind(list) + "; give a JSON list, such as [\"ghcr.io\"]");
        }
        List<Upstream> upstreams = new ArrayList<>();
        for (JsonNode element : list) {
            upstreams.add(upstream("CONFIG[" + upstreams.size() + "]", element));
        }
        return new Upstreams(upstreams);
    }

    private static JsonNode parse(String json) {
        if (json.isBlank()) {
            throw new ConfigException("CONFIG", "is empty; remove it for the built-in registries, or give a JSON list");
        }
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            // The parser's own message may quote the text, and the text holds secrets.
            JsonLocation at = e.getLocation();
            throw new ConfigException(
                    "CONFIG",
                    "is not valid JSON at line " + at.getLineNr() + ", column " + at.getColumnNr()
                            + "; look there, or just before, for a missing comma, quote or bracket, or a key given twice");
        }
    }

    private Upstream upstream(String place, JsonNode element) {
        if (element.isTextual()) {
            return Upstream.of(place, element.textValue(), "", List.of(), Map.of());
        }
        if (!element.isObject()) {
            throw new ConfigException(
                    place, "is " + kind(element) + "; give a host, or an object with \"registry\" in it");
        }
        for (Iterator<String> keys = element.fieldNames(); keys.hasNext(); ) {
            String key = keys.next();
            if (!KEYS.contains(key)) {
                throw new ConfigException(
                        place,
                        "unknown key \"" + key + "\"; known are registry, name, aliases, variables, limit, keep,"
                                + " pin, fresh, immutable, warm");
            }
        }
        if (!element.has("registry")) {
            throw new ConfigException(place, "has no \"registry\"; give its host, such as \"ghcr.io\"");
        }
        return Upstream.of(
                        place,
                        text(place + ".registry", element.get("registry")),
                        element.has("name") ? name(place, element.get("name")) : "",
                        names(place + ".aliases", element.path("aliases")),
                        variables(place + ".variables", element.path("variables")))
                .with(retention(place, element))
                .with(TagChecks.of(
                        place,
                        element.has("fresh") ? text(place + ".fresh", element.get("fresh")) : "",
                        names(place + ".immutable", element.path("immutable"))))
                .with(warmUp(place + ".warm", element.path("warm")));
    }

    private static WarmUp warmUp(String place, JsonNode warm) {
        if (warm.isMissingNode()) {
            return WarmUp.NONE;
        }
        if (!warm.isObject()) {
            throw new ConfigException(place, "is " + kind(warm) + "; give an object with \"images\" in it");
        }
        for (Iterator<String> keys = warm.fieldNames(); keys.hasNext(); ) {
            String key = keys.next();
            if (!WARM_KEYS.contains(key)) {
                throw new ConfigException(place, "unknown key \"" + key + "\"; known are images, platforms, every");
            }
        }
        List<String> images = names(place + ".images", warm.path("images"));
        if (images.isEmpty()) {
            throw new ConfigException(place, "has no \"images\"; give a list, such as [\"library/postgres:16\"]");
        }
        return WarmUp.of(
                place,
                images,
                names(place + ".platforms", warm.path("platforms")),
                warm.has("every") ? text(place + ".every", warm.get("every")) : "");
    }

    private static Retention retention(String place, JsonNode element) {
        return Retention.of(
                place,
                element.has("limit") ? text(place + ".limit", element.get("limit")) : "",
                element.has("keep") ? text(place + ".keep", element.get("keep")) : "",
                names(place + ".pin", element.path("pin")));
    }

    private static String name(String place, JsonNode node) {
        String name = text(place + ".name", node);
        if (name.isBlank()) {
            throw new ConfigException(place + ".name", "is empty; give a name, or leave the key out");
        }
        return name;
    }

    private static List<String> names(String place, JsonNode node) {
        if (!node.isMissingNode() && !node.isArray()) {
            throw new ConfigException(place, "is " + kind(node) + "; give a list of names");
        }
        List<String> aliases = new ArrayList<>();
        for (JsonNode alias : node) {
            aliases.add(text(place + "[" + aliases.size() + "]", alias));
        }
        return aliases;
    }

    private Map<String, String> variables(String place, JsonNode node) {
        if (!node.isMissingNode() && !node.isObject()) {
            throw new ConfigException(place, "is " + kind(node) + "; give an object of names and strings");
        }
        Map<String, String> variables = new LinkedHashMap<>();
        node.properties().forEach(entry -> {
            if (entry.getKey().isEmpty()
                    || entry.getKey().contains("=")
                    || entry.getKey().indexOf('\0') >= 0) {
                throw new ConfigException(place, "has a key that is not the name of an environment variable");
            }
            String value = text(place + "." + entry.getKey(), entry.getValue());
            if (value.indexOf('\0') >= 0) {
                throw new ConfigException(place + "." + entry.getKey(), "has a NUL character in it; remove that");
            }
            variables.put(entry.getKey(), value);
        });
        return files.resolved(place + ".", variables);
    }

    private static String text(String place, JsonNode node) {
        if (!node.isTextual()) {
            throw new ConfigException(place, "is " + kind(node) + "; give a string, in quotes");
        }
        return node.textValue();
    }

    private static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT -> "an object";
            case STRING -> "a string";
            case NUMBER -> "a number";
            case BOOLEAN -> "true or false";
            case NULL -> "null";
            default -> "nothing";
        };
    }
}
