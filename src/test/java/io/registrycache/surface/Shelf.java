package io.registrycache.surface;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.registrycache.rig.Blob;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.ImageFormat;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.PushedIndex;
import io.registrycache.rig.RegistryPush;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.util.List;

/**
 * The content of the upstreams: one of each kind that registries hold.
 *
 * @param bytes the content of the blob of {@code my/image}
 */
public record Shelf(
        PushedImage debian,
        PushedImage image,
        PushedIndex platforms,
        PushedIndex dockerPlatforms,
        Pushed attested,
        Pushed chart,
        Pushed artifact,
        Pushed untyped,
        byte[] bytes) {

    /** A manifest in a registry, to the byte. */
    public record Pushed(String name, String mediaType, String text) {}

    /** The configuration of everything that is not an image. */
    public static final Blob EMPTY =
            new Blob("sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", 2);

    private static final String NAME = "my/image";

    /** Pushes it all. */
    public static Shelf fill(UpstreamRegistry hub, UpstreamRegistry ghcr) throws IOException {
        RegistryPush push = new RegistryPush(ghcr.url(), ghcr.credentials());
        try (OciImage amd = OciImage.random(31, 300_000);
                OciImage arm = OciImage.random(ImageFormat.OCI, "arm64", 32, 1000);
                OciImage docker = OciImage.random(ImageFormat.DOCKER, "amd64", 33, 1000);
                OciImage dockerArm = OciImage.random(ImageFormat.DOCKER, "arm64", 34, 1000)) {
            PushedImage debian = docker.push(hub, "library/debian", "12");
            for (String tag : List.of("b", "a", "c")) {
                docker.push(hub, "library/debian", tag);
                amd.push(ghcr, NAME, tag);
            }
            amd.push(ghcr, "docker.io/copied", "1");
            PushedImage image = amd.push(ghcr, NAME, "1");
            return new Shelf(
                    debian,
                    image,
                    OciImage.pushIndex(ghcr, "many/platforms", "1", amd, arm),
                    OciImage.pushIndex(ghcr, "many/docker", "1", docker, dockerArm),
                    attested(push, image),
                    single(push, "my/chart", "cncf.helm.config.v1+json", "cncf.helm.chart.content.v1.tar+gzip", true),
                    single(push, "my/artifact", "oci.empty.v1+json", "example.sbom.v1+json", true),
                    single(push, "my/untyped", "oci.image.config.v1+json", "oci.image.layer.v1.tar+gzip", false),
                    blob(ghcr, image.layers().get(0)));
        }
    }

    private static byte[] blob(UpstreamRegistry registry, Blob blob) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(registry.host())) {
            probe.get("/v2/" + NAME + "/blobs/" + blob.digest());
            return probe.receive().body();
        }
    }

    private static Pushed single(RegistryPush push, String name, String config, String layer, boolean typed)
            throws IOException {
        ObjectNode manifest = json().put("schemaVersion", 2);
        if (typed) {
            manifest.put("mediaType", ImageFormat.OCI.manifest());
        }
        manifest.set("config", descriptor("application/vnd." + config, push.blob(name, "{}"), 2));
        manifest.putArray("layers").add(descriptor("application/vnd." + layer, push.blob(name, "content"), 7));
        return push(push, name, ImageFormat.OCI.manifest(), manifest);
    }

    /** An image with BuildKit's attestation, which is an image for an unknown platform. */
    private static Pushed attested(RegistryPush push, PushedImage image) throws IOException {
        ObjectNode statement = json().put("schemaVersion", 2).put("mediaType", ImageFormat.OCI.manifest());
        statement.set("config", descriptor(ImageFormat.OCI.config(), push.blob(NAME, "{}"), 2));
        statement.putArray("layers").add(descriptor("application/vnd.in-toto+json", push.blob(NAME, "statement"), 9));
        String digest = push.manifest(NAME, "attestation", ImageFormat.OCI.manifest(), statement.toString());
        ObjectNode index = json().put("schemaVersion", 2).put("mediaType", ImageFormat.OCI.index());
        Blob manifest = new Blob(image.manifestDigest(), image.manifestBytes().length);
        index.putArray("manifests")
                .add(descriptor(image.mediaType(), manifest.digest(), manifest.size()))
                .addObject()
                .put("mediaType", ImageFormat.OCI.manifest())
                .put("digest", digest)
                .put("size", statement.toString().length())
                .putObject("platform")
                .put("architecture", "unknown")
                .put("os", "unknown");
        return push(push, NAME, ImageFormat.OCI.index(), index, "attested");
    }

    private static Pushed push(RegistryPush push, String name, String type, ObjectNode manifest) throws IOException {
        return push(push, name, type, manifest, "1");
    }

    private static Pushed push(RegistryPush push, String name, String type, ObjectNode manifest, String tag)
            throws IOException {
        push.manifest(name, tag, type, manifest.toString());
        return new Pushed(name, type, manifest.toString());
    }

    private static ObjectNode descriptor(String mediaType, String digest, long size) {
        return json().put("mediaType", mediaType).put("digest", digest).put("size", size);
    }

    private static ObjectNode json() {
        return JsonNodeFactory.instance.objectNode();
    }
}
