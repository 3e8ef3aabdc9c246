package io.registrycache.rig;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** An image with layers of random bytes, for linux; made once, and pushed as often as a test likes. */
public final class OciImage implements AutoCloseable {

    private final TempFolder folder = TempFolder.create();
    private final ImageFormat format;
    private final String architecture;
    private final List<RandomLayer> layers = new ArrayList<>();
    private final String config;

    private OciImage(ImageFormat format, String architecture, long seed, long... layerSizes) throws IOException {
        this.format = format;
        this.architecture = architecture;
        try {
            for (long size : layerSizes) {
                int number = layers.size();
                layers.add(RandomLayer.write(folder.resolve("layer" + number), seed * 1000 + number, size));
            }
        } catch (IOException e) {
            folder.close();
            throw e;
        }
        this.config = config();
    }

    /**
     * Makes an image for amd64 in the OCI format.
     *
     * @param seed the same one makes the same image to the byte
     * @param layerSizes the bytes of the one file in each layer
     */
    public static OciImage random(long seed, long... layerSizes) throws IOException {
        return random(ImageFormat.OCI, "amd64", seed, layerSizes);
    }

    /** The same, in a format and for an architecture of the test's choice. */
    public static OciImage random(ImageFormat format, String architecture, long seed, long... layerSizes)
            throws IOException {
        return new OciImage(format, architecture, seed, layerSizes);
    }

    /** Pushes to an upstream, with its credentials. */
    public PushedImage push(UpstreamRegistry registry, String name, String tag) throws IOException {
        return push(new RegistryPush(registry.url(), registry.credentials()), name, tag);
    }

    /** Pushes anywhere. */
    public PushedImage push(RegistryPush registry, String name, String tag) throws IOException {
        for (RandomLayer layer : layers) {
            registry.blob(name, layer.blob().digest(), layer.file());
        }
        registry.blob(name, config);
        String manifest = manifest();
        String digest = registry.manifest(name, tag, format.manifest(), manifest);
        List<Blob> blobs = layers.stream().map(RandomLayer::blob).toList();
        return new PushedImage(name, tag, format.manifest(), digest, manifest, blob(config), blobs);
    }

    /** Pushes images of different architectures, and the index that makes one image of them. */
    public static PushedIndex pushIndex(UpstreamRegistry registry, String name, String tag, OciImage... images)
            throws IOException {
        RegistryPush push = new RegistryPush(registry.url(), registry.credentials());
        ImageFormat format = images[0].format;
        ObjectNode index = json().put("schemaVersion", 2).put("mediaType", format.index());
        ArrayNode manifests = index.putArray("manifests");
        List<PushedImage> pushed = new ArrayList<>();
        for (OciImage image : images) {
            PushedImage each = image.push(push, name, tag + "-" + image.architecture);
            pushed.add(each);
            ObjectNode descriptor = descriptor(each.mediaType(), blob(each.manifest()));
            descriptor
                    .putObject("platform")
                    .put("architecture", image.architecture)
                    .put("os", "linux");
            manifests.add(descriptor);
        }
        String digest = push.manifest(name, tag, format.index(), index.toString());
        return new PushedIndex(name, tag, format.index(), digest, index.toString(), pushed);
    }

    private String config() {
        ObjectNode root = json().put("created", "2020-01-01T00:00:00Z")
                .put("architecture", architecture)
                .put("os", "linux");
        root.putObject("config");
        ArrayNode diffIds = root.putObject("rootfs").put("type", "layers").putArray("diff_ids");
        layers.forEach(layer -> diffIds.add(layer.diffId()));
        return root.toString();
    }

    private String manifest() {
        ObjectNode root = json().put("schemaVersion", 2).put("mediaType", format.manifest());
        root.set("config", descriptor(format.config(), blob(config)));
        ArrayNode list = root.putArray("layers");
        layers.forEach(layer -> list.add(descriptor(format.layer(), layer.blob())));
        return root.toString();
    }

    private static ObjectNode descriptor(String mediaType, Blob blob) {
        return json().put("mediaType", mediaType).put("digest", blob.digest()).put("size", blob.size());
    }

    private static Blob blob(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new Blob(Sha256.of(bytes), bytes.length);
    }

    private static ObjectNode json() {
        return JsonNodeFactory.instance.objectNode();
    }

    @Override
    public void close() {
        folder.close();
    }
}
