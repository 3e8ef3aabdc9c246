package io.registrycache.storage;

import io.registrycache.request.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The links of one repository: from tags to manifests, and to the digests that it may serve. */
final class RepositoryLinks {

    private final Layout layout;
    private final String repository;

    RepositoryLinks(Layout layout, String repository) {
        this.layout = layout;
        this.repository = repository;
    }

    boolean exist() {
        return Files.isDirectory(layout.manifests(repository)) || Files.isDirectory(layout.layers(repository));
    }

    List<String> tags() throws IOException {
        return names(layout.tags(repository));
    }

    /** The manifest that a tag last meant. */
    Optional<Digest> manifest(String tag) throws IOException {
        try {
            String link = Files.readString(
                    layout.tags(repository).resolve(tag).resolve("current/link"), StandardCharsets.US_ASCII);
            return Optional.of(link).filter(Digest::isWellFormed).map(Digest::of);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    Set<Digest> manifests() throws IOException {
        return digests(layout.manifests(repository));
    }

    Set<Digest> layers() throws IOException {
        return digests(layout.layers(repository));
    }

    private static Set<Digest> digests(Path links) throws IOException {
        Set<Digest> found = new HashSet<>();
        for (String algorithm : names(links)) {
            for (String hex : names(links.resolve(algorithm))) {
                if (Digest.isWellFormed(algorithm + ":" + hex)) {
                    found.add(new Digest(algorithm, hex));
                }
            }
        }
        return found;
    }

    /** The references of the repository's manifests, except for some of them. */
    Set<Digest> referencesWithout(Set<Digest> excepted) throws IOException {
        Set<Digest> references = new HashSet<>();
        for (Digest manifest : manifests()) {
            if (!excepted.contains(manifest)) {
                references.addAll(StoredManifest.referencesOf(layout, manifest));
            }
        }
        return references;
    }

    /** Removes manifests, the tags that mean them, and the links to layers that no other manifest here needs. */
    void remove(Set<Digest> manifests) throws IOException {
        Set<Digest> unneeded = new HashSet<>();
        for (Digest manifest : manifests) {
            unneeded.addAll(StoredManifest.referencesOf(layout, manifest));
        }
        unneeded.removeAll(referencesWithout(manifests));
        for (String tag : tags()) {
            if (manifest(tag).filter(it -> !manifests.contains(it)).isEmpty()) {
                removeTag(tag);
            }
        }
        for (Digest manifest : manifests) {
            deleteTree(Layout.link(layout.manifests(repository), manifest));
        }
        for (Digest layer : unneeded) {
            deleteTree(Layout.link(layout.layers(repository), layer));
        }
        removeIfEmpty();
    }

    void removeTag(String tag) throws IOException {
        deleteTree(layout.tags(repository).resolve(tag));
    }

    /** Removes the repository's folder, and those above it, if nothing is left in it. */
    private void removeIfEmpty() throws IOException {
        if (manifests().isEmpty() && tags().isEmpty() && layers().isEmpty()) {
            removeAll();
        }
    }

    /** Removes all links and lists of referrers, and the folders that become empty. */
    void removeAll() throws IOException {
        deleteTree(layout.referrers(repository));
        Path folder = layout.repository(repository);
        for (Path links : Layout.links(folder)) {
            deleteTree(links);
        }
        try {
            for (Path at = folder; at != null && !at.equals(layout.repositories()); at = at.getParent()) {
                Files.deleteIfExists(at);
            }
        } catch (DirectoryNotEmptyException e) {
            // An upload, or another repository below.
        }
    }

    /** Removes a folder with its content. */
    static void deleteTree(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path left, @Nullable IOException failure) throws IOException {
                try {
                    Files.deleteIfExists(left);
                } catch (DirectoryNotEmptyException e) {
                    // Something was stored meanwhile.
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static List<String> names(Path folder) throws IOException {
        List<String> names = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                entries.forEach(entry -> names.add(entry.getFileName().toString()));
            }
        }
        return names;
    }
}
