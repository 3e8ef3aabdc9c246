package io.registrycache.storage;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
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
        Finder finder = new Finder(root);
        if (Files.isDirectory(root)) {
            Files.walkFileTree(root, finder);
        }
        return finder.found;
    }

    private static final class Finder extends SimpleFileVisitor<Path> {

        private final Path root;
        private final SortedSet<String> found = new TreeSet<>();

        Finder(Path root) {
            this.root = root;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            String name = folder.getFileName().toString();
            if (!name.startsWith("_")) {
                return FileVisitResult.CONTINUE;
            }
            if (name.equals("_manifests") || name.equals("_layers")) {
                found.add(root.relativize(folder.getParent()).toString());
            }
            return FileVisitResult.SKIP_SUBTREE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) {
            // It expired meanwhile.
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, IOException failure) {
            return FileVisitResult.CONTINUE;
        }
    }
}
