package io.registrycache.storage;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The repositories that one upstream's child has stored something of; found without the child, in the order of their
 * names. Folders that cannot have any of the names are not opened, so a page of them costs little wherever it begins.
 */
public final class StoredRepositories {

    private final String after;
    private final int most;
    private final List<String> found = new ArrayList<>();

    private StoredRepositories(String after, int most) {
        this.after = after;
        this.most = most;
    }

    /**
     * All of them.
     *
     * @param folder the child's root directory
     */
    public static List<String> in(Path folder) throws IOException {
        return in(folder, "", Integer.MAX_VALUE);
    }

    /**
     * Some of them.
     *
     * @param folder the child's root directory
     * @param after the name after which they begin, or nothing
     * @param most so many at most
     */
    public static List<String> in(Path folder, String after, int most) throws IOException {
        StoredRepositories repositories = new StoredRepositories(after, most);
        repositories.visit(folder.resolve("docker/registry/v2/repositories"), "");
        return repositories.found;
    }

    /** Visits what is in a folder, whose name ends with a slash. */
    private void visit(Path folder, String name) throws IOException {
        for (String entry : entries(folder)) {
            if (found.size() >= most) {
                return;
            }
            if (entry.endsWith("/")) {
                String below = name + entry;
                if (below.compareTo(after) > 0 || after.startsWith(below)) {
                    visit(folder.resolve(entry), below);
                }
            } else if ((name + entry).compareTo(after) > 0 && isRepository(folder.resolve(entry))) {
                found.add(name + entry);
            }
        }
    }

    /**
     * Each folder twice, as a repository and with a slash for those below it: {@code a}, {@code a-b}, {@code a/b} is the
     * order of the names.
     */
    private static List<String> entries(Path folder) throws IOException {
        List<String> entries = new ArrayList<>();
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(folder)) {
            for (Path path : paths) {
                String name = path.getFileName().toString();
                if (!name.startsWith("_")) {
                    entries.add(name);
                    entries.add(name + "/");
                }
            }
        } catch (NoSuchFileException | NotDirectoryException | AccessDeniedException e) {
            // Nothing was ever stored, or it was removed meanwhile.
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        entries.sort(null);
        return entries;
    }

    private static boolean isRepository(Path folder) {
        return Files.isDirectory(folder.resolve("_manifests")) || Files.isDirectory(folder.resolve("_layers"));
    }
}
