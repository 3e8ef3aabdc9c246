package io.registrycache.storage;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;

/**
 * The repositories that one upstream's child has stored something of; found without the child, in the order of their
 * names. Folders that cannot have any of the names are not opened, so a page of them costs little wherever it begins.
 */
public final class StoredRepositories {

    private static final int CHUNK = 2_000;

    private final FolderNames folders = new FolderNames(StoredRepositories::addTwice);

    /** Repositories with none below them, and when their folders last changed: those need not be opened again. */
    private final Cache<Path, FileTime> leaves = Caffeine.newBuilder()
            .maximumSize(20_000)
            .expireAfterAccess(FolderNames.UNUSED)
            .executor(Runnable::run)
            .build();

    /**
     * All of them.
     *
     * @param folder the child's root directory
     */
    public static List<String> in(Path folder) throws IOException {
        return new StoredRepositories().in(folder, "", Integer.MAX_VALUE);
    }

    /**
     * Some of them.
     *
     * @param folder the child's root directory
     * @param after the name after which they begin, or nothing
     * @param most so many at most
     */
    public List<String> in(Path folder, String after, int most) throws IOException {
        Visit visit = new Visit(after, most);
        visit.folder(new Layout(folder).repositories(), "");
        return visit.found;
    }

    private void holdLeaf(Path folder, long begin) throws IOException {
        if (!isRepository(folder)) {
            return;
        }
        try {
            FileTime changed = Files.getLastModifiedTime(folder);
            if (FolderNames.isSettled(changed, begin)) {
                leaves.put(folder.toAbsolutePath(), changed);
            }
        } catch (NoSuchFileException e) {
            // It was removed meanwhile.
        }
    }

    private boolean isLeaf(Path folder) throws IOException {
        FileTime before = leaves.getIfPresent(folder.toAbsolutePath());
        try {
            return before != null && before.equals(Files.getLastModifiedTime(folder));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /**
     * Each folder twice, as a repository and with a slash for those below it: {@code a}, {@code a-b}, {@code a/b} is
     * the order of the names.
     */
    private static void addTwice(String name, Names.Builder names) {
        if (!name.startsWith("_")) {
            names.add(name);
            names.add(name + "/");
        }
    }

    private static boolean isRepository(Path folder) {
        return Layout.links(folder).stream().anyMatch(Files::isDirectory);
    }

    /** One walk through the folders. */
    private final class Visit {

        private final String after;
        private final int most;
        private final List<String> found = new ArrayList<>();
        /** The last one that was seen to be a repository with none below it. */
        private String leaf = "/";

        Visit(String after, int most) {
            this.after = after;
            this.most = most;
        }

        /** Visits the entries of a folder, whose name ends with a slash. */
        void folder(Path folder, String name) throws IOException {
            long begin = System.currentTimeMillis();
            Names entries = folders.in(folder);
            if (entries.count() == 0) {
                holdLeaf(folder, begin);
            }
            String from = before(name);
            List<String> chunk;
            do {
                chunk = entries.page(from, CHUNK);
                for (String entry : chunk) {
                    if (found.size() >= most) {
                        return;
                    }
                    entry(folder, name, entry);
                    from = entry;
                }
            } while (chunk.size() == CHUNK);
        }

        private void entry(Path folder, String name, String entry) throws IOException {
            String whole = name + entry;
            if (entry.endsWith("/")) {
                if (!whole.equals(leaf) && (whole.compareTo(after) > 0 || after.startsWith(whole))) {
                    folder(folder.resolve(entry), whole);
                }
            } else if (whole.compareTo(after) > 0) {
                Path path = folder.resolve(entry);
                if (isLeaf(path)) {
                    leaf = whole + "/";
                    found.add(whole);
                } else if (isRepository(path)) {
                    found.add(whole);
                }
            }
        }

        /** The entries of a folder up to this one have none of the names that are asked for. */
        private String before(String name) {
            if (!after.startsWith(name)) {
                return "";
            }
            int slash = after.indexOf('/', name.length());
            return after.substring(name.length(), slash < 0 ? after.length() : slash);
        }
    }
}
