package io.registrycache.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Variables whose value lies in a file, as Swarm's secrets and configs and Kubernetes' secrets do: {@code NAME_FILE} says
 * where {@code NAME} is.
 */
final class FileVariables {

    private static final String SUFFIX = "_FILE";
    /** Others that end so, such as SSL_CERT_FILE, mean the file itself. */
    private static final Pattern NAMES = Pattern.compile(
            "(?:CONFIG|REGISTRY_.+|https?_proxy|HTTPS?_PROXY|AWS_SECRET_ACCESS_KEY|JMX_KEYSTORE_PASSWORD)" + SUFFIX);

    private static final long LARGEST = 1 << 20;

    private final Set<Path> read;

    /**
     * Reads files.
     *
     * @param read gets each file that is named, also one that cannot be read
     */
    FileVariables(Set<Path> read) {
        this.read = read;
    }

    /**
     * The same variables with the contents in place of the files.
     *
     * @param place in front of a variable's name in messages
     */
    Map<String, String> resolved(String place, Map<String, String> variables) {
        Map<String, String> resolved = new HashMap<>(variables);
        variables.forEach((name, file) -> {
            if (!NAMES.matcher(name).matches() || file.isBlank()) {
                return;
            }
            String meant = name.substring(0, name.length() - SUFFIX.length());
            if (variables.containsKey(meant)) {
                throw new ConfigException(place + name, "is set, and " + meant + " as well; remove one of them");
            }
            resolved.remove(name);
            resolved.put(meant, content(place + name, file.strip()));
        });
        return resolved;
    }

    private String content(String place, String file) {
        try {
            Path path = Path.of(file).toAbsolutePath();
            read.add(path);
            if (Files.size(path) > LARGEST) {
                throw new ConfigException(place, file + " is larger than 1 MiB; give the file with the value in it");
            }
            // Editors and echo end a file with a line break that is not meant.
            return Files.readString(path, StandardCharsets.UTF_8).replaceFirst("[\r\n]+$", "");
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigException(
                    place,
                    file + " cannot be read (" + e.getClass().getSimpleName().replaceFirst("Exception$", "")
                            + "); give a file that this user may read");
        }
    }
}
