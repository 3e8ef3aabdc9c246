package io.registrycache.process;

import static io.registrycache.request.Json.JSON;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.registrycache.config.ConfigException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** A storage driver of the registry's, as an environment chooses it, and where each driver keeps its root. */
record StorageDriver(String name) {

    static final String VARIABLE = "REGISTRY_STORAGE";

    private static final Set<String> KNOWN =
            Set.of("filesystem", "inmemory", "s3", "s3aws", "gcs", "azure", "swift", "oss");

    private static final Pattern NAME = Pattern.compile("[a-z0-9]+");
    private static final String DEFAULT_ROOT = "/var/lib/registry";
    /** Means the same as YAML and as text. */
    private static final Pattern PLAIN_YAML = Pattern.compile("true|false|0|[1-9][0-9]{0,15}");

    /** The driver that an environment chooses. */
    static StorageDriver of(Map<String, String> environment) {
        String name = environment.getOrDefault(VARIABLE, "filesystem").strip().toLowerCase(Locale.ROOT);
        if (!NAME.matcher(name).matches()) {
            throw new ConfigException(
                    VARIABLE,
                    "is not a driver's name; give one, such as s3, and its parameters as REGISTRY_STORAGE_S3_BUCKET"
                            + " and so on");
        }
        return new StorageDriver(name);
    }

    boolean isFilesystem() {
        return name.equals("filesystem");
    }

    /** Whether several machines can store in the same place. */
    boolean canBeShared() {
        return !isFilesystem() && !name.equals("inmemory");
    }

    /** The variable that holds all parameters at once, as YAML. */
    String section() {
        return VARIABLE + "_" + name.toUpperCase(Locale.ROOT);
    }

    /** Whether a variable is a parameter of this driver, or all of them. */
    boolean owns(String variable) {
        return variable.equals(section()) || variable.startsWith(section() + "_");
    }

    /** Whether a variable is meant for another driver. */
    boolean isForeign(String variable) {
        return KNOWN.stream()
                .filter(other -> !other.equals(name))
                .map(StorageDriver::new)
                .anyMatch(other -> other.owns(variable));
    }

    /** Whether a variable says where the root is, or may be taken to. */
    boolean isRoot(String variable) {
        return variable.equals(section() + "_ROOTDIRECTORY") || (isSwift() && variable.equals(section() + "_PREFIX"));
    }

    /**
     * The parameters that must be in the file, into which the root goes too.
     *
     * <p>Given all at once, parameters would replace the root; and some, such as {@code max_retries}, cannot be given
     * otherwise.
     */
    void writeTo(ObjectNode storage, Map<String, String> environment, String upstream) {
        ObjectNode parameters = storage.putObject(name);
        parameters.setAll(all(environment));
        if (!name.equals("inmemory")) {
            parameters.put(rootKey(), root(environment, upstream));
        }
        if (name.startsWith("s3") && hasEndpoint(environment, parameters) && !parameters.has("forcepathstyle")) {
            // Version 2 does so by itself; version 3 would ask for a host named after the bucket.
            parameters.put("forcepathstyle", true);
        }
    }

    private boolean hasEndpoint(Map<String, String> environment, ObjectNode parameters) {
        return parameters.has("regionendpoint")
                || !environment.getOrDefault(section() + "_REGIONENDPOINT", "").isBlank();
    }

    /** The folder that an environment gives to all upstreams together. */
    static Optional<Path> filesystemRoot(Map<String, String> environment) {
        StorageDriver driver = of(environment);
        return driver.isFilesystem()
                ? Optional.of(Path.of(driver.givenRoot(environment).orElse(DEFAULT_ROOT))
                        .toAbsolutePath())
                : Optional.empty();
    }

    /**
     * A parameter as the child reads it again: it takes the value for YAML, in which a key such as
     * {@code 0123} is a number and {@code a: b} a map.
     */
    static String asYaml(String variable, String value) {
        boolean isOneText = !PLAIN_YAML.matcher(value).matches()
                && !(value.startsWith("'") && value.endsWith("'"))
                && !variable.endsWith("_CREDENTIALS");
        return isOneText ? "'" + value.replace("'", "''") + "'" : value;
    }

    private boolean isSwift() {
        return name.equals("swift");
    }

    private String rootKey() {
        return isSwift() ? "prefix" : "rootdirectory";
    }

    private String root(Map<String, String> environment, String upstream) {
        if (isFilesystem()) {
            return Path.of(givenRoot(environment).orElse(DEFAULT_ROOT))
                    .toAbsolutePath()
                    .resolve(upstream)
                    .toString();
        }
        // Keys of an object store do not begin with a slash.
        String prefix = givenRoot(environment).orElse("").replaceAll("^/+|/+$", "");
        return prefix.isEmpty() ? upstream : prefix + "/" + upstream;
    }

    private Optional<String> givenRoot(Map<String, String> environment) {
        String key = rootKey();
        return Optional.ofNullable(environment.get(section() + "_" + key.toUpperCase(Locale.ROOT)))
                .or(() -> Optional.ofNullable(environment.get(section() + "_ROOTDIRECTORY")))
                .or(() -> Optional.ofNullable(all(environment).get(key)).map(node -> node.asText()))
                .filter(root -> !root.isBlank());
    }

    private ObjectNode all(Map<String, String> environment) {
        String yaml = environment.getOrDefault(section(), "");
        if (yaml.isBlank()) {
            return JSON.createObjectNode();
        }
        try {
            Object parsed = new Load(LoadSettings.builder().build()).loadFromString(yaml);
            if (parsed instanceof Map<?, ?> map) {
                return JSON.valueToTree(map);
            }
        } catch (YamlEngineException e) {
            // Its message may quote the text, and the text holds secrets.
            throw new ConfigException(
                    section(), "is not YAML; give the driver's parameters, such as {bucket: registry}");
        }
        throw new ConfigException(section(), "is not a map; give the driver's parameters, such as {bucket: registry}");
    }
}
