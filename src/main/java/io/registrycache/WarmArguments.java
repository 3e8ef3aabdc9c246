package io.registrycache;

import io.registrycache.config.CacheConfig;
import io.registrycache.config.ConfigException;
import io.registrycache.config.Platform;
import io.registrycache.warm.ImageList;
import io.registrycache.warm.ImageName;
import io.registrycache.warm.PlatformChoice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The images that {@code warm} is to pull.
 *
 * @param images without doubles
 */
record WarmArguments(List<ImageName> images, PlatformChoice platforms) {

    private static final String USAGE = "give images, files with images (a list, a Compose file, Kubernetes"
            + " manifests), or - for standard input";
    private static final Pattern ASSIGNMENT =
            Pattern.compile("\\s*(?:export )?([A-Za-z_][A-Za-z0-9_]*)=[\"']?([^\"'\\n]*)[\"']?\\s*");

    /** Reads them, and the files that they name. */
    static WarmArguments of(List<String> arguments, CacheConfig config) {
        List<Platform> platforms = new ArrayList<>();
        List<ImageName> images = new ArrayList<>();
        boolean isForAll = false;
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.equals("--platform") || argument.startsWith("--platform=")) {
                boolean isNext = argument.equals("--platform");
                String text = isNext ? (++i < arguments.size() ? arguments.get(i) : "") : argument.substring(11);
                isForAll |= text.equals("all");
                if (!text.equals("all")) {
                    platforms.add(Platform.parse("--platform", text));
                }
            } else if (argument.startsWith("-") && !argument.equals("-")) {
                throw new ConfigException("warm", "unknown option " + argument + "; " + USAGE);
            } else {
                images.addAll(images(argument, config));
            }
        }
        if (images.isEmpty()) {
            throw new ConfigException("warm", "no image is named; " + USAGE);
        }
        if (platforms.isEmpty()) {
            platforms.add(Platform.ofThisMachine());
        }
        List<ImageName> different = images.stream().distinct().toList();
        return new WarmArguments(different, isForAll ? PlatformChoice.ALL : new PlatformChoice(platforms));
    }

    private static List<ImageName> images(String argument, CacheConfig config) {
        Path file = Path.of(argument);
        if (argument.equals("-")) {
            return list(Path.of(".env"), config).read("standard input", standardInput());
        }
        if (Files.exists(file)) {
            return list(file.resolveSibling(".env"), config).read(argument, content(argument, file));
        }
        if (argument.matches("[./~].*|.*\\.(?:ya?ml|json|txt)")) {
            throw new ConfigException(argument, "no such file; " + USAGE);
        }
        return list(Path.of(".env"), config).read("warm", argument);
    }

    private static ImageList list(Path dotEnv, CacheConfig config) {
        Map<String, String> variables = new HashMap<>();
        try {
            for (String line : Files.readAllLines(dotEnv)) {
                Matcher assignment = ASSIGNMENT.matcher(line);
                if (assignment.matches()) {
                    variables.put(assignment.group(1), assignment.group(2));
                }
            }
        } catch (IOException e) {
            // Most folders have none.
            variables.clear();
        }
        variables.putAll(config.environment());
        return new ImageList(config.port(), variables);
    }

    private static String standardInput() {
        try {
            return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new ConfigException("standard input", "cannot be read; " + USAGE);
        }
    }

    private static String content(String place, Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new ConfigException(
                    place,
                    "cannot be read (" + e.getClass().getSimpleName().replaceFirst("Exception$", "") + "); " + USAGE);
        }
    }
}
