package io.registrycache.rig;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The environment that rigs give to the programs that they start. */
final class Environment {

    /** With the bundle set, the registry's S3 driver panics; the others would change the configuration of a test. */
    private static final Set<String> DISTURBING =
            Set.of("AWS_CA_BUNDLE", "CONFIG", "JMX_PORT", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH");

    private Environment() {}

    /** A copy, to be changed at will, of this process's environment without proxies and other disturbances. */
    static Map<String, String> clean() {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment
                .keySet()
                .removeIf(name -> DISTURBING.contains(name)
                        || name.toLowerCase(Locale.ROOT).endsWith("_proxy"));
        return environment;
    }

    /** The first of these programs that is on the PATH. */
    static Optional<Path> program(String... names) {
        return Stream.of(names).flatMap(name -> programs(name).stream()).findFirst();
    }

    /** All programs of this name that are on the PATH. */
    static List<Path> programs(String name) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .map(folder -> Path.of(folder).resolve(name).toAbsolutePath())
                .filter(candidate -> Files.isRegularFile(candidate) && Files.isExecutable(candidate))
                .toList();
    }

    /** The same, for a test that cannot do without it. */
    static String required(String... names) {
        return program(names)
                .orElseThrow(() -> new IllegalStateException("none of " + List.of(names) + " is on the PATH"))
                .toString();
    }
}
