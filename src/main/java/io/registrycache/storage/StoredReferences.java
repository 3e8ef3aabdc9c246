package io.registrycache.storage;

import io.registrycache.request.Digest;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The references of a stored repository that can be pulled: its tags, or, if it has none, the digests of its manifests.
 */
public final class StoredReferences {

    private StoredReferences() {}

    /**
     * References with their marks, such as {@code :1.0} or {@code @sha256:…}; none when they expired meanwhile.
     *
     * @param folder the child's root directory
     * @param most so many at most are looked at
     */
    public static List<String> of(Path folder, String repository, int most) throws IOException {
        Layout layout = new Layout(folder);
        List<String> tags = names(layout.tags(repository), ":", most);
        return tags.isEmpty()
                ? names(layout.manifests(repository).resolve(Digest.SHA_256), "@" + Digest.SHA_256 + ":", most)
                : tags;
    }

    private static List<String> names(Path folder, String mark, int most) throws IOException {
        List<String> names = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                for (Path entry : entries) {
                    if (names.size() == most) {
                        break;
                    }
                    names.add(mark + entry.getFileName());
                }
            }
        }
        names.sort(null);
        return names;
    }
}
