package io.registrycache.storage;

import io.registrycache.request.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/** Images as a child stores them, written into a folder, with a time of last use. */
public final class StoredImages {

    final Layout layout;

    public StoredImages(Path folder) {
        this.layout = new Layout(folder);
    }

    /** A layer of random-looking content, last used some time ago. */
    public Digest layer(String seed, int size, Duration unused) throws IOException {
        return blob(("layer " + seed + " ").repeat(size).substring(0, size).getBytes(StandardCharsets.UTF_8), unused);
    }

    public Digest blob(byte[] content, Duration unused) throws IOException {
        Digest digest = Digest.sha256Of(content);
        Path data = layout.data(digest);
        Files.createDirectories(data.getParent());
        Files.write(data, content);
        used(digest, unused);
        return digest;
    }

    public Digest manifest(String repository, String tag, Duration unused, Digest config, List<Digest> layers)
            throws IOException {
        String listed = layers.stream()
                .map(layer -> "{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\",\"digest\":\"" + layer + "\"}")
                .collect(Collectors.joining(","));
        Digest digest = blob(
                ("{\"schemaVersion\":2,\"config\":{\"digest\":\"" + config + "\"},\"layers\":[" + listed + "]}")
                        .getBytes(StandardCharsets.UTF_8),
                unused);
        linkManifest(repository, tag, digest);
        link(layout.layers(repository), config);
        for (Digest layer : layers) {
            link(layout.layers(repository), layer);
        }
        return digest;
    }

    Digest index(String repository, String tag, Duration unused, List<Digest> manifests) throws IOException {
        String listed = manifests.stream()
                .map(manifest -> "{\"digest\":\"" + manifest + "\"}")
                .collect(Collectors.joining(","));
        Digest digest =
                blob(("{\"schemaVersion\":2,\"manifests\":[" + listed + "]}").getBytes(StandardCharsets.UTF_8), unused);
        linkManifest(repository, tag, digest);
        return digest;
    }

    void linkManifest(String repository, String tag, Digest digest) throws IOException {
        link(layout.manifests(repository), digest);
        if (!tag.isEmpty()) {
            Path current = layout.tags(repository).resolve(tag).resolve("current");
            Files.createDirectories(current);
            Files.writeString(current.resolve("link"), digest.toString());
            link(layout.tags(repository).resolve(tag).resolve("index"), digest);
        }
    }

    private static void link(Path links, Digest digest) throws IOException {
        Path folder = Layout.link(links, digest);
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("link"), digest.toString());
    }

    void used(Digest digest, Duration ago) throws IOException {
        FileTime time = FileTime.from(Instant.now().minus(ago));
        Files.getFileAttributeView(layout.data(digest), BasicFileAttributeView.class)
                .setTimes(time, time, null);
    }

    public boolean has(Digest digest) {
        return Files.exists(layout.data(digest));
    }

    Duration unused(Digest digest) throws IOException {
        long use = LastUse.of(
                Files.readAttributes(layout.data(digest), java.nio.file.attribute.BasicFileAttributes.class));
        return Duration.between(Instant.ofEpochMilli(use), Instant.now());
    }
}
