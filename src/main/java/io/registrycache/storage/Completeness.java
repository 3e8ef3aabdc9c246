package io.registrycache.storage;

import io.registrycache.request.Digest;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Tells whether all of an image is stored, so that a pull fetches nothing. */
public final class Completeness {

    /** An index has a manifest per platform; further ones are not looked at, so that a hostile image costs little. */
    private static final int MOST_MANIFESTS = 200;

    private final Layout layout;
    private int manifestsLeft = MOST_MANIFESTS;

    private Completeness(Layout layout) {
        this.layout = layout;
    }

    /**
     * Whether the manifest, its configuration and all its layers are stored; looks at a file for each of them.
     *
     * @param folder the child's root directory
     * @param reference with its mark, such as {@code :1.0} or {@code @sha256:…}
     */
    public static boolean isWhole(Path folder, String repository, String reference) throws IOException {
        Layout layout = new Layout(folder);
        String text = reference.substring(1);
        Optional<Digest> manifest = reference.startsWith("@")
                ? Optional.of(text).filter(Digest::isWellFormed).map(Digest::of)
                : new RepositoryLinks(layout, repository).manifest(text);
        return manifest.isPresent() && new Completeness(layout).isWholeImage(manifest.get(), true);
    }

    private boolean isWholeImage(Digest digest, boolean mayBeAttestation) throws IOException {
        manifestsLeft--;
        Optional<StoredManifest> manifest = read(digest);
        return manifest.isPresent() && (mayBeAttestation || !manifest.get().isAttestation()) && isWhole(manifest.get());
    }

    private boolean isWhole(StoredManifest manifest) throws IOException {
        boolean hasOwn = manifest.config().stream().allMatch(this::isStored)
                && manifest.layers().stream().allMatch(this::isStored);
        return hasOwn && (manifest.manifests().isEmpty() || hasWholeImage(manifest));
    }

    /** One platform is enough: clients pull their own and leave the others, so no index would be stored with all. */
    private boolean hasWholeImage(StoredManifest index) throws IOException {
        for (Digest manifest : index.manifests()) {
            if (manifestsLeft > 0 && isWholeImage(manifest, false)) {
                return true;
            }
        }
        return false;
    }

    private Optional<StoredManifest> read(Digest manifest) throws IOException {
        try {
            return StoredManifest.read(layout.data(manifest));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private boolean isStored(Digest blob) {
        // An empty file is about to be written, or was when the child crashed.
        return layout.data(blob).toFile().length() > 0;
    }
}
