package io.registrycache.storage;

import io.registrycache.request.Digest;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Removes images at the will of an operator, with the links to them, and the layers that no other image of the upstream
 * needs. A file that is being read is delivered to its end.
 */
public final class Purge {

    private final Layout layout;

    /** Of the folder of one upstream. */
    public Purge(Path folder) {
        this.layout = new Layout(folder);
    }

    /** A reference with the {@code library/} that Docker Hub's users leave out. */
    public static String onDockerHub(String reference) {
        return reference.equals("*") || reference.contains("/") ? reference : "library/" + reference;
    }

    /**
     * Removes an image, a tag, or everything.
     *
     * @param reference {@code my/image:tag}, {@code my/image@sha256:…}, {@code my/image} for all of it, or {@code *}
     * @return the bytes that were freed
     * @throws NoSuchElementException when it is not stored
     */
    public long remove(String reference) throws IOException {
        if (reference.equals("*")) {
            return removeAll();
        }
        int at = reference.indexOf('@');
        int colon = at < 0 ? reference.indexOf(':') : -1;
        String repository = reference.substring(0, at >= 0 ? at : colon >= 0 ? colon : reference.length());
        RepositoryLinks links = new RepositoryLinks(layout, repository);
        if (!Layout.isRepository(repository) || !links.exist()) {
            throw missing(reference);
        }
        if (at >= 0) {
            String digest = reference.substring(at + 1);
            if (!Digest.isWellFormed(digest) || !links.manifests().contains(Digest.of(digest))) {
                throw missing(reference);
            }
            return remove(links, Set.of(Digest.of(digest)));
        }
        return colon >= 0 ? removeTag(links, reference, reference.substring(colon + 1)) : removeRepository(links);
    }

    private static NoSuchElementException missing(String reference) {
        return new NoSuchElementException(reference + " is not stored");
    }

    private long removeTag(RepositoryLinks links, String reference, String tag) throws IOException {
        if (!links.tags().contains(tag)) {
            throw missing(reference);
        }
        Optional<Digest> manifest = links.manifest(tag);
        links.removeTag(tag);
        for (String other : links.tags()) {
            if (manifest.isPresent() && manifest.equals(links.manifest(other))) {
                return 0;
            }
        }
        return manifest.isPresent() ? remove(links, Set.of(manifest.get())) : 0;
    }

    private long removeRepository(RepositoryLinks links) throws IOException {
        Set<Digest> linked = links.layers();
        long freed = remove(links, links.manifests());
        // Layers of images whose manifests are not stored.
        links.removeAll();
        return freed + removeUnneeded(linked);
    }

    /** Removes manifests and, of an index, those that it references and that no other one of the repository needs. */
    private long remove(RepositoryLinks links, Set<Digest> manifests) throws IOException {
        Set<Digest> all = new HashSet<>(manifests);
        Set<Digest> here = links.manifests();
        Set<Digest> unneeded = new HashSet<>();
        for (Digest manifest : manifests) {
            unneeded.addAll(StoredManifest.referencesOf(layout, manifest));
        }
        unneeded.retainAll(here);
        unneeded.removeAll(links.referencesWithout(manifests));
        for (String tag : links.tags()) {
            links.manifest(tag).ifPresent(unneeded::remove);
        }
        all.addAll(unneeded);
        Set<Digest> content = new HashSet<>(all);
        for (Digest manifest : all) {
            content.addAll(StoredManifest.referencesOf(layout, manifest));
        }
        links.remove(all);
        return removeUnneeded(content);
    }

    /** Removes content that no manifest of any repository is or references. */
    private long removeUnneeded(Set<Digest> content) throws IOException {
        Set<Digest> unneeded = new HashSet<>(content);
        for (String repository : StoredRepositories.in(layout.folder())) {
            RepositoryLinks links = new RepositoryLinks(layout, repository);
            unneeded.removeAll(links.manifests());
            unneeded.removeAll(links.referencesWithout(Set.of()));
        }
        long freed = 0;
        for (Digest digest : unneeded) {
            freed += delete(layout.data(digest));
        }
        return freed;
    }

    private static long delete(Path data) throws IOException {
        try {
            long size = Files.size(data);
            Files.delete(data);
            Optional.ofNullable(data.getParent()).map(Path::toFile).ifPresent(File::delete);
            return size;
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    private long removeAll() throws IOException {
        AtomicLong freed = new AtomicLong();
        RepositoryLinks.deleteTree(layout.repositories());
        RepositoryLinks.deleteTree(layout.referrers());
        new StoredFiles() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                freed.addAndGet(delete(file));
                return FileVisitResult.CONTINUE;
            }
        }.walk(layout.blobs());
        return freed.get();
    }

    /** Removes the folder of an upstream that is not configured any more; returns the bytes that were freed. */
    public long removeFolder() throws IOException {
        long size = size();
        RepositoryLinks.deleteTree(layout.folder());
        return size;
    }

    /** Bytes of all files in the folder; adds them up, which takes a while where there are many. */
    public long size() throws IOException {
        AtomicLong bytes = new AtomicLong();
        new StoredFiles() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                bytes.addAndGet(attributes.size());
                return FileVisitResult.CONTINUE;
            }
        }.walk(layout.folder());
        return bytes.get();
    }
}
