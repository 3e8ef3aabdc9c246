package io.registrycache;

import io.registrycache.config.CacheConfig;
import io.registrycache.config.Upstream;
import io.registrycache.process.StorageFolders;
import io.registrycache.storage.Purge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * {@code purge ghcr.io/my/image:tag}: removes cached content from the files, whether the program runs or not. Knows
 * upstreams that are not configured any more by their folders.
 */
final class PurgeCommand {

    /** Content to remove from a folder. */
    private record Target(Path folder, String reference, boolean isConfigured) {}

    private final CacheConfig config;

    PurgeCommand(CacheConfig config) {
        this.config = config;
    }

    /** Removes images, and returns the exit code. */
    int run(List<String> images) {
        if (images.isEmpty()) {
            System.err.println("docker-registry-cache: purge what? Give images, such as ghcr.io/my/image:tag, or an"
                    + " upstream, such as ghcr.io");
            return 2;
        }
        int code = 0;
        for (String image : images) {
            try {
                System.out.println(image + ": " + remove(target(image)) + " bytes freed");
            } catch (NoSuchElementException e) {
                System.err.println("docker-registry-cache: " + image + ": " + e.getMessage());
                code = 1;
            } catch (IOException e) {
                System.err.println("docker-registry-cache: " + image + ": not removed completely: " + e);
                code = 1;
            }
        }
        return code;
    }

    private static long remove(Target target) throws IOException {
        Purge purge = new Purge(target.folder());
        return target.isConfigured() || !target.reference().equals("*")
                ? purge.remove(target.reference())
                : purge.removeFolder();
    }

    private Target target(String image) {
        int slash = image.indexOf('/');
        String first = slash < 0 ? image : image.substring(0, slash);
        String rest = slash < 0 ? "*" : image.substring(slash + 1);
        Optional<Upstream> upstream = config.upstreams().find(first);
        if (upstream.isPresent()) {
            return of(upstream.get(), rest);
        }
        // An upstream of the YAML routes, or one that is not configured any more.
        Optional<Path> folder = StorageFolders.root(config.environment())
                .map(root -> root.resolve(first))
                .filter(it -> !first.startsWith(".") && Files.isDirectory(it));
        if (folder.isPresent()) {
            return new Target(folder.get(), rest, false);
        }
        if (first.contains(".") || (first.contains(":") && slash >= 0)) {
            throw new NoSuchElementException("nothing is stored of " + first);
        }
        return of(config.upstreams().byDefault(), image);
    }

    private Target of(Upstream upstream, String reference) {
        Path folder = StorageFolders.of(upstream, config.environment())
                .orElseThrow(() -> new NoSuchElementException(
                        upstream.name() + " does not store on a file system; remove the objects from its bucket"));
        return new Target(folder, upstream.isDockerHub() ? Purge.onDockerHub(reference) : reference, true);
    }
}
