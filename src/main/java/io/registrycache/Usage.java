package io.registrycache;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The text of {@code --help} and {@code --version}. */
final class Usage {

    private Usage() {}

    /** Prints the text, and returns the exit code. */
    static int answer(String[] args) {
        switch (args[0]) {
            case "--help", "-h" -> System.out.print(help());
            case "--version" -> System.out.println(version());
            default -> {
                System.err.println("docker-registry-cache: unknown argument " + args[0] + "; see --help");
                return 2;
            }
        }
        return 0;
    }

    /** In a file, so that {@code ./run --help} can print it before anything is built. */
    private static String help() {
        try (InputStream text = requireNonNull(Usage.class.getResourceAsStream("help.txt"))) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String version() {
        String version = Usage.class.getPackage().getImplementationVersion();
        return "docker-registry-cache " + (version == null ? "(not packaged)" : version);
    }
}
