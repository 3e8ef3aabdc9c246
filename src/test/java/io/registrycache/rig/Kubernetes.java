package io.registrycache.rig;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/** Kubernetes' own view of manifests, without a cluster: a field that its API does not have is a mistake. */
public final class Kubernetes {

    /** The model would keep such fields for the sake of newer clusters. */
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .annotationIntrospector(new JacksonAnnotationIntrospector() {
                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                    return false;
                }
            })
            .build();

    private static final Map<String, Class<? extends HasMetadata>> KINDS = Map.of(
            "v1/ConfigMap", ConfigMap.class,
            "v1/Namespace", Namespace.class,
            "v1/PersistentVolumeClaim", PersistentVolumeClaim.class,
            "v1/Service", Service.class,
            "apps/v1/Deployment", Deployment.class,
            "policy/v1/PodDisruptionBudget", PodDisruptionBudget.class);

    /** The first that knows the "patches" of a kustomization is 3.x, and kubectl has it from 1.21 on. */
    private static final Pattern KUSTOMIZE = Pattern.compile("Kustomize Version: v([4-9]|[1-9][0-9])\\.");

    private Kubernetes() {}

    /** Skips the test, so that one can see it, where kubectl is missing or cannot build a kustomization. */
    public static void assumeKustomize() {
        boolean there = Environment.program("kubectl").isPresent()
                && KUSTOMIZE
                        .matcher(Command.of("kubectl", "version", "--client").run())
                        .find();
        Needs.that(there, "kubectl 1.21 or newer on the PATH");
    }

    /** The objects that {@code kubectl apply -k} would apply. */
    public static List<HasMetadata> build(Path folder) {
        return objects(Command.of("kubectl", "kustomize", folder.toString()).run());
    }

    /** The objects that manifests describe. */
    public static List<HasMetadata> objects(String yaml) {
        return Yaml.documents(yaml).stream().map(Kubernetes::object).toList();
    }

    private static HasMetadata object(JsonNode node) {
        String kind = node.path("apiVersion").asText() + "/" + node.path("kind").asText();
        try {
            return STRICT.treeToValue(node, Objects.requireNonNull(KINDS.get(kind), kind));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
