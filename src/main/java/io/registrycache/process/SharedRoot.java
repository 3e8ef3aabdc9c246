package io.registrycache.process;

import io.registrycache.config.ConfigException;
import io.registrycache.config.Upstream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Two upstreams with one root would serve each other's images. The azure driver of version 2 of the registry knows no
 * root below its container.
 */
public final class SharedRoot {

    private SharedRoot() {}

    /** Refuses upstreams whose content would mix. */
    public static void refuse(Collection<Upstream> upstreams, Map<String, String> environment, Path command) {
        Map<String, Upstream> byContainer = new HashMap<>();
        for (Upstream upstream : upstreams) {
            Map<String, String> merged = upstream.environment(environment);
            if (!StorageDriver.of(merged).name().equals("azure")) {
                continue;
            }
            String container = merged.getOrDefault("REGISTRY_STORAGE_AZURE_ACCOUNTNAME", "") + "/"
                    + merged.getOrDefault("REGISTRY_STORAGE_AZURE_CONTAINER", "")
                    + merged.getOrDefault("REGISTRY_STORAGE_AZURE", "");
            Upstream other = byContainer.put(container, upstream);
            if (other != null && isOfVersion2(command)) {
                throw new ConfigException(
                        "REGISTRY_STORAGE",
                        "azure keeps " + other.name() + " and " + upstream.name()
                                + " in one place with version 2 of the registry, and they would serve each other's"
                                + " images; give each its own REGISTRY_STORAGE_AZURE_CONTAINER in its variables, or take"
                                + " version 3");
            }
        }
    }

    private static boolean isOfVersion2(Path command) {
        try {
            return RegistryVersion.of(command).matches(".* v?2\\.[0-9].*");
        } catch (IOException e) {
            return false;
        }
    }
}
