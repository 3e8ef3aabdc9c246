package io.registrycache.warm;

import io.registrycache.config.ConfigException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** The images that a Compose file or Kubernetes manifests name; several documents in one text, as JSON too. */
final class YamlImages {

    private static final int LARGEST = 64 << 20;
    private static final int MOST_ALIASES = 10_000;
    private static final int DEEPEST_MERGE = 8;
    private static final Set<String> CONTAINERS = Set.of("containers", "initContainers", "ephemeralContainers");

    /**
     * An image as it is written.
     *
     * @param isCompose whether it may have variables in it
     */
    record Written(String text, int line, boolean isCompose) {}

    private final List<Written> found = new ArrayList<>();
    private final Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    private YamlImages() {}

    /** All of them, in their order. */
    static List<Written> of(String place, String yaml) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(place)
                .setCodePointLimit(LARGEST)
                .setMaxAliasesForCollections(MOST_ALIASES)
                .build();
        YamlImages images = new YamlImages();
        try {
            new Compose(settings).composeAllFromString(yaml).forEach(images::document);
        } catch (MarkedYamlEngineException e) {
            Optional<Mark> mark = e.getProblemMark();
            throw new ConfigException(
                    mark.map(at -> place + ", line " + (at.getLine() + 1) + ", column " + (at.getColumn() + 1))
                            .orElse(place),
                    String.valueOf(e.getProblem()));
        } catch (YamlEngineException e) {
            throw new ConfigException(place, "is not YAML");
        }
        return images.found;
    }

    private void document(Node root) {
        Optional<Node> services = value(root, "services").filter(MappingNode.class::isInstance);
        if (services.isPresent() && value(root, "kind").isEmpty()) {
            ((MappingNode) services.get()).getValue().forEach(service -> service(service.getValueNode()));
        } else {
            kubernetes(root);
        }
    }

    /** An image that is built here is not in a registry. */
    private void service(Node service) {
        if (value(service, "build").isEmpty()) {
            value(service, "image").ifPresent(image -> add(image, true));
        }
    }

    /** Pods are in the middle of many kinds, also of those that are not Kubernetes' own. */
    private void kubernetes(Node node) {
        if (!seen.add(node)) {
            return;
        }
        if (node instanceof SequenceNode list) {
            list.getValue().forEach(this::kubernetes);
        } else if (node instanceof MappingNode map) {
            for (NodeTuple entry : map.getValue()) {
                if (entry.getKeyNode() instanceof ScalarNode key
                        && CONTAINERS.contains(key.getValue())
                        && entry.getValueNode() instanceof SequenceNode containers) {
                    containers
                            .getValue()
                            .forEach(container -> value(container, "image").ifPresent(image -> add(image, false)));
                }
                kubernetes(entry.getValueNode());
            }
        }
    }

    private void add(Node image, boolean isCompose) {
        if (image instanceof ScalarNode text && !text.getValue().isBlank()) {
            int line = image.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
            found.add(new Written(text.getValue(), line, isCompose));
        }
    }

    /** The value of a key, also of one that is merged in. */
    private static Optional<Node> value(Node node, String key) {
        return value(node, key, DEEPEST_MERGE);
    }

    private static Optional<Node> value(Node node, String key, int depth) {
        if (!(node instanceof MappingNode map) || depth == 0) {
            return Optional.empty();
        }
        List<Node> merged = own(map, "<<")
                .map(it -> it instanceof SequenceNode several ? several.getValue() : List.of(it))
                .orElse(List.of());
        return own(map, key)
                .or(() -> merged.stream()
                        .flatMap(it -> value(it, key, depth - 1).stream())
                        .findFirst());
    }

    private static Optional<Node> own(MappingNode map, String key) {
        return map.getValue().stream()
                .filter(entry -> entry.getKeyNode() instanceof ScalarNode name
                        && name.getValue().equals(key))
                .map(NodeTuple::getValueNode)
                .findFirst();
    }
}
