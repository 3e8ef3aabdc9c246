package io.registrycache.process;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.registrycache.config.Upstream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What one child registry is told: its environment, and a configuration file for everything that this program decides
 * itself or that the environment would mangle.
 *
 * <p>The {@code registry} program reads variables as YAML, in sorted order, each replacing what stood before: a password
 * with a bracket in it does not survive that, and {@code REGISTRY_STORAGE=s3} erases the whole storage section. So both
 * go to the file, which is JSON, and thereby YAML. Shapes: distribution's docs/configuration.
 */
record ChildSettings(Map<String, String> environment, ObjectNode file) {

    /** What a child is for. */
    enum Mode {
        /** Caches what it asks its upstream for. */
        PULL_THROUGH,
        /** Serves what is cached, and never asks. */
        OFFLINE
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String USERNAME = "REGISTRY_PROXY_USERNAME";
    private static final String PASSWORD = "REGISTRY_PROXY_PASSWORD";

    private static final Pattern SECRET = Pattern.compile("(?i)PASSWORD|SECRET|TOKEN|KEY$");
    private static final Pattern PASSWORD_IN_URL = Pattern.compile("(?:[a-z]+://)?[^/@:]*:([^/@]+)@");

    /** Settings of ours that a variable must not replace. */
    private static final Set<String> OURS = Set.of(
            StorageDriver.VARIABLE,
            "REGISTRY_HTTP",
            "REGISTRY_HTTP_ADDR",
            "REGISTRY_HTTP_NET",
            "REGISTRY_HTTP_PREFIX",
            "REGISTRY_HTTP_DEBUG",
            "REGISTRY_HTTP_DEBUG_ADDR",
            "REGISTRY_HTTP_TLS",
            "REGISTRY_HTTP_TLS_CERTIFICATE",
            "REGISTRY_HTTP_TLS_KEY",
            "REGISTRY_PROXY",
            "REGISTRY_PROXY_REMOTEURL",
            USERNAME,
            PASSWORD,
            "REGISTRY_STORAGE_REDIRECT",
            "REGISTRY_STORAGE_REDIRECT_DISABLE",
            "REGISTRY_CONFIGURATION_PATH",
            // The S3 driver of 2.8 panics when it is set.
            "AWS_CA_BUNDLE");

    /**
     * Decides what a child is told.
     *
     * @param basic whether the upstream wants credentials themselves, rather than a token for them: version 2.8 of the
     *     registry gives them to token services only, but what is in a URL Go sends; and no other upstream may get them
     */
    static ChildSettings of(Upstream upstream, Map<String, String> inherited, int port, Mode mode, boolean basic) {
        Map<String, String> merged = merged(upstream, inherited);
        StorageDriver driver = StorageDriver.of(merged);

        ObjectNode file = JSON.createObjectNode().put("version", "0.1");
        ObjectNode log = file.putObject("log").put("level", "warn");
        log.putObject("accesslog").put("disabled", true);
        // The secret is for uploads, of which there are none; without one the child complains.
        file.putObject("http")
                .put("addr", "127.0.0.1:" + port)
                .put("secret", Long.toHexString(RANDOM.nextLong()))
                // Asked to end, it first lets transfers finish.
                .put("draintimeout", mode == Mode.OFFLINE ? "1h" : "30s");
        ObjectNode storage = file.putObject("storage");
        driver.writeTo(storage, merged, upstream.name());
        if (mode == Mode.OFFLINE) {
            storage.putObject("maintenance").putObject("readonly").put("enabled", true);
        } else {
            ObjectNode proxy = file.putObject("proxy").put("remoteurl", remoteUrl(upstream, merged, basic));
            putIfPresent(proxy, "username", merged.get(USERNAME));
            putIfPresent(proxy, "password", merged.get(PASSWORD));
            storage.putObject("delete").put("enabled", true);
        }
        storage.putObject("redirect").put("disable", true);
        if (!driver.canBeShared()) {
            // A bucket may be shared, and what this child remembers of it another may have let expire.
            storage.putObject("cache").put("blobdescriptor", "inmemory");
        }

        Map<String, String> environment = new HashMap<>(merged);
        environment.keySet().removeAll(OURS);
        // A child that is told of two drivers panics, and ./run always says where the file system's root is.
        environment
                .keySet()
                .removeIf(name -> name.equals(driver.section()) || driver.isRoot(name) || driver.isForeign(name));
        environment.replaceAll((name, value) -> driver.owns(name) ? StorageDriver.asYaml(name, value) : value);
        if (mode == Mode.OFFLINE) {
            environment.keySet().removeIf(name -> name.startsWith("REGISTRY_STORAGE_MAINTENANCE"));
        }
        // CONFIG holds the credentials of every upstream, and the child knows its own.
        environment.remove("CONFIG");
        // Version 3 sends traces to port 4318 of this host unless told not to.
        environment.putIfAbsent("OTEL_TRACES_EXPORTER", "none");
        return new ChildSettings(Map.copyOf(environment), file);
    }

    /** Texts that must not reach a log: the upstream's variables, what is called a secret, and passwords in URLs. */
    static List<String> secrets(Upstream upstream, Map<String, String> inherited) {
        List<String> secrets = new ArrayList<>(upstream.variables().values());
        Map<String, String> merged = merged(upstream, inherited);
        merged.forEach((name, value) -> {
            if (SECRET.matcher(name).find()) {
                secrets.add(value);
            }
            Matcher inUrl = PASSWORD_IN_URL.matcher(value);
            if (inUrl.lookingAt()) {
                secrets.add(inUrl.group(1));
            }
        });
        String password = merged.get(PASSWORD);
        if (password != null) {
            secrets.add(password);
            secrets.add(encoded(password));
        }
        return secrets;
    }

    private static Map<String, String> merged(Upstream upstream, Map<String, String> inherited) {
        return upstream.environment(inherited);
    }

    private static String remoteUrl(Upstream upstream, Map<String, String> environment, boolean basic) {
        String url = upstream.url().toString();
        String username = environment.get(USERNAME);
        if (username == null || !basic) {
            return url;
        }
        String password = environment.getOrDefault(PASSWORD, "");
        return url.replaceFirst("://", "://" + encoded(username) + ":" + encoded(password) + "@");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A");
    }

    /** Whether there are credentials, which an upstream may want in one way or another. */
    static boolean hasCredentials(Upstream upstream, Map<String, String> inherited) {
        return merged(upstream, inherited).containsKey(USERNAME);
    }

    /** The upstream's own folder, when its storage is the file system. */
    static Optional<Path> folder(Upstream upstream, Map<String, String> inherited) {
        return filesystemRoot(upstream, inherited).map(root -> root.resolve(upstream.name()));
    }

    /** The folder in which the upstream's folder lies, when its storage is the file system. */
    static Optional<Path> filesystemRoot(Upstream upstream, Map<String, String> inherited) {
        return StorageDriver.filesystemRoot(merged(upstream, inherited));
    }

    private static void putIfPresent(ObjectNode node, String key, @Nullable String value) {
        if (value != null) {
            node.put(key, value);
        }
    }

    /** Without contents, which hold secrets. */
    @Override
    public String toString() {
        return "ChildSettings";
    }
}
