package io.registrycache.rig;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * An image in a registry.
 *
 * @param name the repository, without the registry
 * @param mediaType the manifest's
 * @param manifest to the byte as it was pushed
 * @param layers in the manifest's order
 */
public record PushedImage(
        String name,
        String tag,
        String mediaType,
        String manifestDigest,
        String manifest,
        Blob config,
        List<Blob> layers) {

    public PushedImage {
        layers = List.copyOf(layers);
    }

    public byte[] manifestBytes() {
        return manifest.getBytes(StandardCharsets.UTF_8);
    }

    public String configDigest() {
        return config.digest();
    }
}
