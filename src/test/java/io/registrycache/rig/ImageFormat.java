package io.registrycache.rig;

/** The two families of media types that images come in. */
public enum ImageFormat {
    OCI("oci.image.manifest.v1", "oci.image.index.v1", "oci.image.config.v1+json", "oci.image.layer.v1.tar+gzip"),
    DOCKER(
            "docker.distribution.manifest.v2",
            "docker.distribution.manifest.list.v2",
            "docker.container.image.v1+json",
            "docker.image.rootfs.diff.tar.gzip");

    private static final String PREFIX = "application/vnd.";

    private final String manifest;
    private final String index;
    private final String config;
    private final String layer;

    ImageFormat(String manifest, String index, String config, String layer) {
        this.manifest = PREFIX + manifest + "+json";
        this.index = PREFIX + index + "+json";
        this.config = PREFIX + config;
        this.layer = PREFIX + layer;
    }

    public String manifest() {
        return manifest;
    }

    /** The type of an image index, which Docker calls a manifest list. */
    public String index() {
        return index;
    }

    public String config() {
        return config;
    }

    public String layer() {
        return layer;
    }
}
