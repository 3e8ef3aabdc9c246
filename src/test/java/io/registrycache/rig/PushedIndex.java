package io.registrycache.rig;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * An image for several platforms in a registry.
 *
 * @param index to the byte as it was pushed
 * @param images one for each platform; their tags are {@code <tag>-<architecture>}
 */
public record PushedIndex(
        String name, String tag, String mediaType, String digest, String index, List<PushedImage> images) {

    public PushedIndex {
        images = List.copyOf(images);
    }

    public byte[] indexBytes() {
        return index.getBytes(StandardCharsets.UTF_8);
    }
}
