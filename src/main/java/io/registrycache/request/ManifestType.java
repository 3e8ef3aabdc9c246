package io.registrycache.request;

import java.util.List;

/** The media types of manifests. */
public final class ManifestType {

    /** Also that of a list of referrers. */
    public static final String INDEX = "application/vnd.oci.image.index.v1+json";

    public static final String IMAGE = "application/vnd.oci.image.manifest.v1+json";

    private static final String DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
    private static final String DOCKER_IMAGE = "application/vnd.docker.distribution.manifest.v2+json";

    public static final List<String> ALL = List.of(INDEX, IMAGE, DOCKER_LIST, DOCKER_IMAGE);

    /** All of them for {@code Accept}: those not named are left out, or converted. */
    public static final String ACCEPT = String.join(", ", ALL);

    private ManifestType() {}

    /** Whether a manifest of that type lists others, one for each platform. */
    public static boolean isIndex(String type) {
        return type.equals(INDEX) || type.equals(DOCKER_LIST);
    }
}
