package io.registrycache;

import io.registrycache.config.ConfigException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.StringJoiner;
import org.apache.camel.CamelContext;
import org.apache.camel.support.PluginHelper;

/** The YAML routes of a folder, in the order in which pulls need them. */
final class RouteFiles {

    /**
     * Needed as soon as the front door is open: until a child runs, stored content is served, and other requests wait.
     */
    private static final List<String> CHILDREN = List.of("registry-process.camel.yaml");
    /** Needed last, by no pull. */
    private static final List<String> WATCHING = List.of("management.camel.yaml", "status.camel.yaml");

    private static final List<String> REQUIRED = List.of(
            "front-door.camel.yaml",
            "upstream.camel.yaml",
            "fetch.camel.yaml",
            "back-door.camel.yaml",
            "registry-process.camel.yaml",
            "errors.camel.yaml",
            "management.camel.yaml");

    private final Path folder;

    RouteFiles(Path folder) {
        this.folder = folder;
    }

    /** Refuses a folder in which a part of the program is missing. */
    void requireAll() {
        for (String name : REQUIRED) {
            if (!Files.isReadable(folder.resolve(name))) {
                throw new ConfigException(
                        "ROUTES_DIR",
                        folder + " has no " + name + "; give the folder with all of the program's routes in it");
            }
        }
    }

    /** The routes that the front door needs, and unknown ones, as Camel's include pattern. */
    String first() throws IOException {
        StringJoiner pattern = new StringJoiner(",");
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.camel.yaml")) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (!CHILDREN.contains(name) && !WATCHING.contains(name) && hasRoutes(file)) {
                    pattern.add("file:" + file);
                }
            }
        }
        return pattern.toString();
    }

    void loadForChildren(CamelContext context) throws Exception {
        load(CHILDREN, context);
    }

    void loadForWatching(CamelContext context) throws Exception {
        load(WATCHING, context);
    }

    /** For a context that is not started. */
    void loadAll(CamelContext context) throws Exception {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.camel.yaml")) {
            for (Path file : files) {
                load(file, context);
            }
        }
    }

    private void load(List<String> names, CamelContext context) throws Exception {
        for (String name : names) {
            load(folder.resolve(name), context);
        }
    }

    private static void load(Path file, CamelContext context) throws Exception {
        if (hasRoutes(file)) {
            PluginHelper.getRoutesLoader(context)
                    .loadRoutes(PluginHelper.getResourceLoader(context).resolveResource("file:" + file));
        }
    }

    /** Camel refuses files of comments alone, such as an upstreams.camel.yaml without upstreams. */
    static boolean hasRoutes(Path file) throws IOException {
        return Files.exists(file)
                && Files.readAllLines(file).stream().anyMatch(line -> !line.isBlank() && !line.startsWith("#"));
    }
}
