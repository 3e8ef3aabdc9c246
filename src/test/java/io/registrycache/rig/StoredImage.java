package io.registrycache.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The files of an image in the storage of a cache that has pulled it. */
public record StoredImage(CacheProcess cache, String upstream, PushedImage image) {

    public Path layer(int number) {
        return cache.blobFile(upstream, image.layers().get(number));
    }

    /** Waits until all of it is stored. */
    public StoredImage await() {
        cache.awaitCached(upstream, blobs().toArray(Blob[]::new));
        return this;
    }

    /** Whether the layers are stored, one after the other. */
    public List<Boolean> layers() {
        return image.layers().stream()
                .map(layer -> Files.exists(cache.blobFile(upstream, layer)))
                .toList();
    }

    /** Sets the times of its files back, as if it was pulled then and not used since. */
    public StoredImage unusedFor(Duration time) {
        blobs().forEach(blob -> setBack(cache.blobFile(upstream, blob), time));
        return this;
    }

    /** Sets both times of a file back. */
    public static void setBack(Path file, Duration time) {
        FileTime then = FileTime.from(Instant.now().minus(time));
        try {
            Files.getFileAttributeView(file, BasicFileAttributeView.class).setTimes(then, then, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How long a layer was not used, by its file. */
    public Duration unused(int number) {
        try {
            BasicFileAttributes times = Files.readAttributes(layer(number), BasicFileAttributes.class);
            Instant access = times.lastAccessTime().toInstant();
            Instant write = times.lastModifiedTime().toInstant();
            return Duration.between(access.isAfter(write) ? access : write, Instant.now());
        } catch (NoSuchFileException e) {
            throw new IllegalStateException("the layer is not stored", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Blob> blobs() {
        List<Blob> all = new ArrayList<>(image.layers());
        all.add(image.config());
        all.add(new Blob(image.manifestDigest(), image.manifestBytes().length));
        return all;
    }
}
