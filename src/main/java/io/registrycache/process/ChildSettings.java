package io.registrycache.process;

import static io.registrycache.request.Json.JSON;

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

/**
 * The settings of one child registry: its environment, and a configuration file for everything that this program
 * decides itself or that the environment would mangle.
 *
 * <p>The {@code registry} program reads variables as YAML, in sorted order, each replacing earlier values: a password
 * with a bracket in it does not survive that, and {@code REGISTRY_STORAGE=s3} erases the whole storage section. So both
 * go to the file, which is JSON, and thereby YAML. Shapes: distribution's docs/configuration.
 */
record ChildSettings(Map<String, String> environment, ObjectNode file) {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String PASSWORD = "REGISTRY_PROXY_PASSWORD";

    private static final Pattern SECRET = Pattern.compile("(?i)PASSWORD|SECRET|TOKEN|KEY$");
    private static final Pattern PASSWORD_IN_URL = Pattern.compile("(?:[a-z]+://)?[^/@:]*:([^/@]+)@");

    /** The upstream's credentials, and how it is reached: the back door's business. */
    private static final Pattern WAY_OUT =
            Pattern.compile("REGISTRY_PROXY(?:_.*)?|(?i:(?:https?|no|all)_proxy)|SSL_CERT_(?:FILE|DIR)");

    private static final Pattern WAY_TO_BUCKET = Pattern.compile("(?i:(?:https?|no)_proxy)|SSL_CERT_(?:FILE|DIR)");

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
            "REGISTRY_COMMAND",
            "REGISTRY_STORAGE_REDIRECT",
            "REGISTRY_STORAGE_REDIRECT_DISABLE",
            "REGISTRY_CONFIGURATION_PATH",
            // The S3 driver of 2.8 panics when it is set.
            "AWS_CA_BUNDLE");

    /**
     * Makes the settings of a child.
     *
     * @param remoteUrl its way to the upstream, which holds its secret for the back door
     */
    static ChildSettings of(Upstream upstream, Map<String, String> inherited, int port, String remoteUrl) {
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
                .put("draintimeout", "30s");
        ObjectNode storage = file.putObject("storage");
        driver.writeTo(storage, merged, upstream.name());
        file.putObject("proxy")
                .put("remoteurl", remoteUrl)
                // A layer of any size may take its time on the way into a bucket; since version 3.1.
                .put("cachewritetimeout", "24h")
                // Nothing expires in the child; so version 3 understands it.
                .put("ttl", "0s");
        // So version 2 does.
        storage.putObject("delete").put("enabled", false);
        // Without a descriptor cache: with one, a layer that was removed is answered with a length and an empty body.
        storage.putObject("redirect").put("disable", true);
        return new ChildSettings(environment(upstream, inherited, driver), file);
    }

    /** Whether a child would do the same; its port and its secrets are others each time. */
    static boolean areSame(ChildSettings one, ChildSettings other) {
        return one.environment().equals(other.environment())
                && one.file().path("storage").equals(other.file().path("storage"));
    }

    private static Map<String, String> environment(
            Upstream upstream, Map<String, String> inherited, StorageDriver driver) {
        Map<String, String> environment = new HashMap<>(merged(upstream, inherited));
        environment.keySet().removeAll(OURS);
        environment.keySet().removeIf(name -> WAY_OUT.matcher(name).matches());
        if (driver.canBeShared()) {
            // The way to a bucket; variables of the upstream alone are not meant for it.
            inherited.forEach((name, value) -> {
                if (WAY_TO_BUCKET.matcher(name).matches()) {
                    environment.put(name, value);
                }
            });
        }
        // A child that is told of two drivers panics, and ./run always says where the file system's root is.
        environment
                .keySet()
                .removeIf(name -> name.equals(driver.section()) || driver.isRoot(name) || driver.isForeign(name));
        environment.replaceAll((name, value) -> driver.owns(name) ? StorageDriver.asYaml(name, value) : value);
        // CONFIG holds the credentials of every upstream.
        environment.remove("CONFIG");
        // Version 3 sends traces to port 4318 of this host unless told not to.
        environment.putIfAbsent("OTEL_TRACES_EXPORTER", "none");
        return Map.copyOf(environment);
    }

    /**
     * Texts that must not reach a log: the upstream's variables, values whose names say that they are secret, and
     * passwords in URLs.
     */
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

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A");
    }

    /** The upstream's own folder, when its storage is the file system. */
    static Optional<Path> folder(Upstream upstream, Map<String, String> inherited) {
        return filesystemRoot(upstream, inherited).map(root -> root.resolve(upstream.name()));
    }

    /** The folder in which the upstream's folder lies, when its storage is the file system. */
    static Optional<Path> filesystemRoot(Upstream upstream, Map<String, String> inherited) {
        return StorageDriver.filesystemRoot(merged(upstream, inherited));
    }

    /** Without contents, which hold secrets. */
    @Override
    public String toString() {
        return "ChildSettings";
    }
}
