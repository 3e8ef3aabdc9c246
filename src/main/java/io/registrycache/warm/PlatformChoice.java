package io.registrycache.warm;

import com.fasterxml.jackson.databind.JsonNode;
import io.registrycache.config.Platform;
import io.registrycache.request.ManifestType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which manifests of an index are pulled.
 *
 * @param wanted none means all
 */
public record PlatformChoice(List<Platform> wanted) {

    public static final PlatformChoice ALL = new PlatformChoice(List.of());

    public PlatformChoice {
        wanted = List.copyOf(wanted);
    }

    /**
     * The descriptors that are pulled.
     *
     * @throws PullFailure if a platform is wanted that is not there
     */
    Set<JsonNode> of(JsonNode manifests) throws PullFailure {
        Set<JsonNode> chosen = new LinkedHashSet<>();
        manifests.forEach(descriptor -> {
            // An index in an index has no platform as a rule.
            if (wanted.isEmpty() || isIndex(descriptor)) {
                chosen.add(descriptor);
            }
        });
        boolean hasIndexes = !chosen.isEmpty();
        for (Platform each : wanted) {
            List<JsonNode> found = of(manifests, each);
            if (found.isEmpty() && !hasIndexes) {
                throw new PullFailure("has no " + each + "; there are " + names(manifests), 0, 0);
            }
            chosen.addAll(found);
        }
        return chosen;
    }

    /** Of an architecture with several variants the plain one, if it has one. */
    private static List<JsonNode> of(JsonNode manifests, Platform wanted) {
        List<JsonNode> plain = new ArrayList<>();
        List<JsonNode> all = new ArrayList<>();
        for (JsonNode descriptor : manifests) {
            platform(descriptor).filter(wanted::covers).ifPresent(found -> {
                all.add(descriptor);
                if (found.variant().isEmpty()) {
                    plain.add(descriptor);
                }
            });
        }
        return plain.isEmpty() ? all : plain;
    }

    private static Optional<Platform> platform(JsonNode descriptor) {
        JsonNode platform = descriptor.path("platform");
        return platform.isObject()
                ? Optional.of(new Platform(
                        platform.path("os").asText(),
                        platform.path("architecture").asText(),
                        platform.path("variant").asText()))
                : Optional.empty();
    }

    private static boolean isIndex(JsonNode descriptor) {
        return ManifestType.isIndex(descriptor.path("mediaType").asText());
    }

    private static String names(JsonNode manifests) {
        Set<String> names = new LinkedHashSet<>();
        manifests.forEach(descriptor -> platform(descriptor)
                .map(Platform::toString)
                .filter(name -> !name.contains("unknown"))
                .ifPresent(names::add));
        return names.isEmpty() ? "none" : String.join(", ", names);
    }
}
