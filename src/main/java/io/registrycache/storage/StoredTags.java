package io.registrycache.storage;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** The tags of a stored repository, found without the child. */
public final class StoredTags {

    private StoredTags() {}

    /**
     * Some of them, in order; nothing if no tag is stored. Memory grows with the number that is asked for, not with that
     * of the tags.
     *
     * @param after the tag after which they begin, or nothing
     * @param most so many at most
     */
    public static List<String> of(Layout layout, String repository, String after, int most) throws IOException {
        TreeSet<String> first = new TreeSet<>();
        try (DirectoryStream<Path> tags = Files.newDirectoryStream(layout.tags(repository))) {
            for (Path tag : tags) {
                String name = tag.getFileName().toString();
                if (name.compareTo(after) > 0 && (first.size() < most || name.compareTo(first.last()) < 0)) {
                    first.add(name);
                    if (first.size() > most) {
                        first.pollLast();
                    }
                }
            }
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return new ArrayList<>(first);
    }
}
