package io.registrycache.process;

import io.registrycache.config.ConfigException;
import io.registrycache.config.Upstream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Where upstreams store, as the environment says. */
public final class StorageFolders {

    private StorageFolders() {}

    /** The upstream's own folder, if its storage is the file system. */
    public static Optional<Path> of(Upstream upstream, Map<String, String> environment) {
        return ChildSettings.folder(upstream, environment);
    }

    /**
     * Refuses variables of which no child could make sense.
     *
     * @throws ConfigException that names one
     */
    public static void check(Upstream upstream, Map<String, String> environment) {
        ChildSettings.of(upstream, environment, 0, "");
    }

    /** The folder in which the upstreams' folders lie, if their storage is the file system. */
    public static Optional<Path> root(Map<String, String> environment) {
        return StorageDriver.filesystemRoot(environment);
    }
}
