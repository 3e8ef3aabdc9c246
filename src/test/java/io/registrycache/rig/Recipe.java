package io.registrycache.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file that the documentation tells users to write, so that a test does as it says.
 *
 * @param text to the letter, but for the cache's address
 */
public record Recipe(String text) {

    private static final String ADDRESS = "cache.example.com:5000";

    /**
     * Reads the block that follows the first mention of a file.
     *
     * @param file as the documentation names it, such as {@code /etc/docker/daemon.json}
     * @param endpoint where the cache really listens
     */
    public static Recipe of(String file, String endpoint) {
        Pattern block =
                Pattern.compile(Pattern.quote("`" + file + "`") + ".*?\n```[a-z]+\n(.*?)\n```\n", Pattern.DOTALL);
        Matcher matcher = block.matcher(documentation());
        if (!matcher.find()) {
            throw new IllegalStateException("the documentation has no block for " + file);
        }
        return new Recipe(matcher.group(1).replace(ADDRESS, endpoint) + "\n");
    }

    private static String documentation() {
        try {
            return Files.readString(Path.of("docs/clients.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes it where a program looks for it. */
    public Path writeTo(Path file) {
        try {
            Files.createDirectories(file.getParent());
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
