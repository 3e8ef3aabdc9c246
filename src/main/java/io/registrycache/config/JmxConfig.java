package io.registrycache.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Remote JMX, which gives its clients control of the program.
 *
 * @param host the address to listen on
 * @param publicHost the host that RMI tells clients to connect to
 * @param passwordFile who may come in, a line {@code user password} for each
 * @param accessFile the rights of each user, a line {@code user readonly} or {@code user readwrite} for each
 * @param keystore the certificate to show to clients, as PKCS 12
 */
public record JmxConfig(
        String host,
        int port,
        String publicHost,
        Optional<Path> passwordFile,
        Optional<Path> accessFile,
        Optional<Path> keystore,
        String keystorePassword) {

    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "::1", "localhost");

    public JmxConfig {
        if (passwordFile.isEmpty() && !LOOPBACK.contains(host)) {
            throw new ConfigException(
                    "JMX_PORT",
                    "would be open to everyone, as MANAGEMENT_HOST is " + host
                            + "; give a JMX_PASSWORD_FILE, or MANAGEMENT_HOST=127.0.0.1");
        }
        if (accessFile.isPresent() && passwordFile.isEmpty()) {
            throw new ConfigException("JMX_ACCESS_FILE", "needs a JMX_PASSWORD_FILE; it says who is who");
        }
    }

    static Optional<JmxConfig> of(Map<String, String> environment, String host) {
        if (environment.getOrDefault("JMX_PORT", "").isBlank()) {
            return Optional.empty();
        }
        String loopback = host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
        return Optional.of(new JmxConfig(
                host,
                CacheConfig.port(environment, "JMX_PORT", 0),
                environment.getOrDefault("JMX_PUBLIC_HOST", loopback).strip(),
                file(environment, "JMX_PASSWORD_FILE"),
                file(environment, "JMX_ACCESS_FILE"),
                file(environment, "JMX_KEYSTORE"),
                environment.getOrDefault("JMX_KEYSTORE_PASSWORD", "")));
    }

    private static Optional<Path> file(Map<String, String> environment, String name) {
        String given = environment.getOrDefault(name, "").strip();
        if (given.isEmpty()) {
            return Optional.empty();
        }
        Path file = Path.of(given);
        if (!Files.isReadable(file)) {
            throw new ConfigException(name, given + " cannot be read; give a file that this user may read");
        }
        return Optional.of(file);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "JmxConfig[" + host + ":" + port + "]";
    }
}
