package io.registrycache.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the environment says.
 *
 * @param environment the whole environment, which the children inherit; holds secrets
 * @param files in which values are that variables name, those of upstreams, too
 */
public record CacheConfig(
        Upstreams upstreams,
        String host,
        int port,
        String managementHost,
        int managementPort,
        ManagementNames managementNames,
        Optional<PublicUrl> publicUrl,
        Optional<JmxConfig> jmx,
        Optional<AccessLogFormat> accessLog,
        LogConfig log,
        Limit limit,
        Path routes,
        Optional<Path> statistics,
        Path registryCommand,
        Map<String, String> environment,
        Set<Path> files) {

    private static final String USERNAME = "REGISTRY_PROXY_USERNAME";
    private static final String PASSWORD = "REGISTRY_PROXY_PASSWORD";

    private static final String BUILT_IN = "[\"registry-1.docker.io\", \"ghcr.io\", \"quay.io\", \"gcr.io\","
            + " \"registry.k8s.io\", \"mcr.microsoft.com\"]";

    public CacheConfig {
        environment = Map.copyOf(environment);
        files = Set.copyOf(files);
    }

    /**
     * Reads the environment.
     *
     * @param home the folder in which {@code routes} lies when {@code ROUTES_DIR} does not say another
     */
    public static CacheConfig of(Map<String, String> given, Path home) {
        Set<Path> files = new HashSet<>();
        Map<String, String> environment = new FileVariables(files).resolved("", given);
        Upstreams upstreams = upstreams(environment, files);
        String managementHost = environment.getOrDefault("MANAGEMENT_HOST", "127.0.0.1");
        Optional<PublicUrl> publicUrl = PublicUrl.of(environment);
        String publicHost = publicUrl.map(PublicUrl::host).orElse(managementHost);
        return new CacheConfig(
                upstreams,
                environment.getOrDefault("CACHE_HOST", "0.0.0.0"),
                port(environment, "CACHE_PORT", 5000),
                managementHost,
                port(environment, "MANAGEMENT_PORT", 9876),
                ManagementNames.of(
                        environment,
                        managementHost,
                        publicHost,
                        environment.getOrDefault("JMX_PUBLIC_HOST", managementHost)),
                publicUrl,
                JmxConfig.of(environment, managementHost),
                AccessLogFormat.of(environment.getOrDefault("ACCESS_LOG", "off")),
                LogConfig.of(environment),
                limit(environment),
                routes(environment.get("ROUTES_DIR"), home),
                statistics(environment.getOrDefault("STATISTICS_FILE", "")),
                registryCommand(environment),
                environment,
                files);
    }

    /**
     * The same, with the upstreams and secrets that the files contain now.
     *
     * @param given the environment, which does not change
     * @param read gets each file that is named, also if one of them has a mistake
     */
    public CacheConfig reread(Map<String, String> given, Set<Path> read) {
        Map<String, String> now = new FileVariables(read).resolved("", given);
        return new CacheConfig(
                upstreams(now, read),
                host,
                port,
                managementHost,
                managementPort,
                managementNames,
                publicUrl,
                jmx,
                accessLog,
                log,
                limit,
                routes,
                statistics,
                registryCommand,
                now,
                read);
    }

    private static Upstreams upstreams(Map<String, String> environment, Set<Path> files) {
        Upstreams upstreams =
                new UpstreamsReader(new FileVariables(files)).read(environment.getOrDefault("CONFIG", BUILT_IN));
        upstreams.all().forEach(upstream -> requireWholeCredentials(upstream, environment));
        return upstreams;
    }

    private static void requireWholeCredentials(Upstream upstream, Map<String, String> environment) {
        Map<String, String> merged = upstream.environment(environment);
        boolean hasUser = !merged.getOrDefault(USERNAME, "").isBlank();
        boolean hasPassword = !merged.getOrDefault(PASSWORD, "").isEmpty();
        if (hasUser != hasPassword) {
            throw new ConfigException(
                    hasUser ? USERNAME : PASSWORD,
                    "is given for " + upstream.name() + " without " + (hasUser ? PASSWORD : USERNAME)
                            + "; give both or none");
        }
    }

    /** Sentences on variables that are probably misspelt. */
    public List<String> warnings() {
        List<String> found = new ArrayList<>(UnknownVariables.in("", environment));
        for (Upstream upstream : upstreams.all()) {
            found.addAll(UnknownVariables.in("CONFIG, " + upstream.name() + ": ", upstream.variables()));
        }
        return found;
    }

    private static Limit limit(Map<String, String> environment) {
        String text = environment.getOrDefault("CACHE_LIMIT", "");
        return text.isBlank() ? Limit.DEFAULT : Limit.parse("CACHE_LIMIT", text);
    }

    static int port(Map<String, String> environment, String name, int byDefault) {
        String text =
                environment.getOrDefault(name, Integer.toString(byDefault)).strip();
        if (text.matches("[0-9]{1,5}")) {
            int port = Integer.parseInt(text);
            if (port >= 1 && port <= 65_535) {
                return port;
            }
        }
        throw new ConfigException(name, "\"" + text + "\" is not a port; give a number from 1 to 65535");
    }

    private static Path routes(@Nullable String given, Path home) {
        Path routes = given == null || given.isBlank() ? home.resolve("routes") : Path.of(given);
        if (!Files.isDirectory(routes)) {
            throw new ConfigException(
                    "ROUTES_DIR", routes + " is not a folder; give the one with the *.camel.yaml files in it");
        }
        return routes.toAbsolutePath().normalize();
    }

    private static Optional<Path> statistics(String given) {
        if (given.isBlank()) {
            return Optional.empty();
        }
        Path file = Path.of(given).toAbsolutePath();
        Path folder = file.getParent();
        if (folder == null || !Files.isWritable(folder) || Files.isDirectory(file)) {
            throw new ConfigException(
                    "STATISTICS_FILE",
                    given + " cannot be written; give a file in a folder that this user may write to");
        }
        return Optional.of(file);
    }

    private static Path registryCommand(Map<String, String> environment) {
        String given = environment.getOrDefault("REGISTRY_COMMAND", "");
        List<String> programs = given.isBlank() ? List.of("registry", "docker-registry") : List.of(given);
        for (String program : programs) {
            for (String folder : environment.getOrDefault("PATH", "").split(":")) {
                Path candidate = Path.of(folder.isEmpty() ? "." : folder).resolve(program);
                if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                    return candidate.toAbsolutePath();
                }
            }
        }
        throw new ConfigException(
                "REGISTRY_COMMAND",
                given.isBlank()
                        ? "no registry on the PATH; install it (apt-get install docker-registry), or say where it is"
                        : "\"" + given + "\" is not a program; say where the registry is, or leave it out");
    }

    /** Without the environment, which holds secrets. */
    @Override
    public String toString() {
        return "CacheConfig[" + upstreams.names() + ", " + host + ":" + port + "]";
    }
}
