package io.registrycache.storage;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.SortedSet;
import java.util.TreeSet;

/** The repositories that one upstream's child has stored something of; found without the child. */
public final class StoredRepositories {

    private StoredRepositories() {}

    /**
     * Their names, in order.
     *
     * @param folder the child's root directory
     */
    public static SortedSet<String> in(Path folder) throws IOException {
        Path root = folder.resolve("docker/registry/v2/repositories");
        SortedSet<String> found = new TreeSet<>();
        new StoredFiles() {
            @Override
            public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) {
                String name = visited.getFileName().toString();
                if (!name.startsWith("_")) {
                    return FileVisitResult.CONTINUE;
                }
                if (name.equals("_manifests") || name.equals("_layers")) {
                    found.add(root.relativize(visited.getParent()).toString());
                }
                return FileVisitResult.SKIP_SUBTREE;
            }
        }.walk(root);
        return found;
    }
}
