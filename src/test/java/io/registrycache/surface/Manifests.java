package io.registrycache.surface;

import static io.registrycache.surface.Row.get;

import io.registrycache.rig.ImageFormat;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.PushedIndex;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** Manifests of every kind, by tag and by digest, with each Accept header. */
public final class Manifests {

    private static final String UNKNOWN = "sha256:" + "0123456789abcdef".repeat(4);
    private static final String IMAGE = "/v2/ghcr.io/my/image/manifests/";

    private Manifests() {}

    public static List<Row> rows(Shelf shelf) {
        return Stream.of(kinds(shelf), accepts(shelf), conditions(shelf), errors(shelf))
                .flatMap(List::stream)
                .toList();
    }

    private static List<Row> kinds(Shelf shelf) {
        return List.of(
                kind("OCI image", shelf.image(), "1"),
                kind("OCI image by digest", shelf.image(), shelf.image().manifestDigest()),
                kind(
                        "OCI image by digest, : as %3A",
                        shelf.image(), shelf.image().manifestDigest().replace(":", "%3A")),
                get("Docker schema 2 image", "/v2/docker.io/library/debian/manifests/12")
                        .with("Accept: " + ImageFormat.DOCKER.manifest())
                        .content(ImageFormat.DOCKER.manifest(), shelf.debian().manifestBytes()),
                kind("OCI index", shelf.platforms(), "1"),
                kind("OCI index by digest", shelf.platforms(), shelf.platforms().digest()),
                kind("Docker manifest list", shelf.dockerPlatforms(), "1"),
                kind("image with an attestation", shelf.attested(), "attested"),
                kind("Helm chart", shelf.chart(), "1"),
                kind("OCI artifact", shelf.artifact(), "1"),
                kind("OCI image that names no mediaType", shelf.untyped(), "1"));
    }

    private static List<Row> accepts(Shelf shelf) {
        Row image = get("", IMAGE + "1")
                .content(shelf.image().mediaType(), shelf.image().manifestBytes());
        Row index = get("", "/v2/ghcr.io/many/platforms/manifests/1")
                .content(shelf.platforms().mediaType(), shelf.platforms().indexBytes());
        String docker = "Accept: " + ImageFormat.DOCKER.manifest();
        String oci = "Accept: " + ImageFormat.OCI.manifest();
        return List.of(
                image.called("Accept on several lines").with(docker, "Accept: " + ImageFormat.OCI.index(), oci),
                image.called("Accept in one line").with(docker + ", " + ImageFormat.OCI.manifest() + ";q=0.5"),
                image.called("no Accept"),
                image.called("empty Accept").with("Accept:"),
                image.called("Accept */*").with("Accept: */*"),
                index.called("no Accept, index"),
                index.called("empty Accept, index").with("Accept:"),
                index.called("Accept */*, index").with("Accept: */*"),
                index.called("Accept as containerd's").with(oci + ", " + ImageFormat.OCI.index() + ", */*"),
                get("no Accept, Docker manifest list", "/v2/ghcr.io/many/docker/manifests/1")
                        .content(
                                shelf.dockerPlatforms().mediaType(),
                                shelf.dockerPlatforms().indexBytes()),
                get("no Accept, schema 2", "/v2/docker.io/library/debian/manifests/12")
                        .content(ImageFormat.DOCKER.manifest(), shelf.debian().manifestBytes()),
                image.called("Accept of the other kind").with(docker),
                image.called("Accept application/*").with("Accept: application/*"),
                index.called("Accept of one image, index").with(oci),
                get("Accept of OCI's kinds, schema 2", "/v2/docker.io/library/debian/manifests/12")
                        .with(oci + ", " + ImageFormat.OCI.index())
                        .content(ImageFormat.DOCKER.manifest(), shelf.debian().manifestBytes()),
                image.called("gzip").with(oci, "Accept-Encoding: gzip").must(Check.no("Content-Encoding")));
    }

    private static List<Row> conditions(Shelf shelf) {
        String digest = shelf.image().manifestDigest();
        Row byDigest = get("", IMAGE + digest).with("Accept: " + shelf.image().mediaType());
        Row byTag = get("", IMAGE + "1").with("Accept: " + shelf.image().mediaType());
        return List.of(
                byTag.called("If-None-Match, by tag, same")
                        .with("If-None-Match: \"" + digest + "\"")
                        .must(Check.status(304)),
                byTag.called("If-None-Match, by tag, other")
                        .with("If-None-Match: \"" + UNKNOWN + "\"")
                        .must(Check.status(200), Check.header("Docker-Content-Digest", digest)),
                byTag.called("If-Match, by tag, same")
                        .with("If-Match: \"" + digest + "\"")
                        .must(Check.status(200), Check.header("Docker-Content-Digest", digest)),
                byTag.called("If-Match, by tag, other")
                        .with("If-Match: \"" + UNKNOWN + "\"")
                        .must(Check.status(412)),
                byDigest.called("If-Match, by digest, other")
                        .with("If-Match: \"" + UNKNOWN + "\"")
                        .must(Check.status(412)),
                byDigest.called("If-None-Match, by digest")
                        .with("If-None-Match: \"" + digest + "\"")
                        .must(Check.status(304)));
    }

    private static List<Row> errors(Shelf shelf) {
        Row referrers = get(
                "referrers", "/v2/ghcr.io/my/image/referrers/" + shelf.image().manifestDigest());
        return List.of(
                get("unknown tag", IMAGE + "none").error(404, "MANIFEST_UNKNOWN"),
                get("unknown manifest by digest", IMAGE + UNKNOWN).error(404, "MANIFEST_UNKNOWN"),
                get("unknown manifest of an unknown name", "/v2/ghcr.io/no/such/manifests/1")
                        .error(404, "MANIFEST_UNKNOWN"),
                get("malformed digest", IMAGE + "sha256:12").error(400, "DIGEST_INVALID"),
                get("malformed digest, not hex", IMAGE + "sha256:" + "z".repeat(64))
                        .error(400, "DIGEST_INVALID"),
                get("unknown algorithm", IMAGE + "md5:" + "0".repeat(32)).error(400, "DIGEST_INVALID"),
                get("malformed tag", IMAGE + "-").error(404, "MANIFEST_UNKNOWN"),
                get("malformed tag, too long", IMAGE + "a".repeat(129)).error(404, "MANIFEST_UNKNOWN"),
                referrers.must(
                        Check.status(200),
                        Check.header("Content-Type", ImageFormat.OCI.index()),
                        Check.text(".*\"manifests\":\\[\\]\\}")),
                get("malformed digest of a subject", "/v2/ghcr.io/my/image/referrers/1")
                        .error(400, "DIGEST_INVALID"));
    }

    private static Row kind(String what, PushedImage image, String reference) {
        return kind(what, image.name(), image.mediaType(), reference, image.manifest());
    }

    private static Row kind(String what, PushedIndex index, String reference) {
        return kind(what, index.name(), index.mediaType(), reference, index.index());
    }

    private static Row kind(String what, Shelf.Pushed pushed, String reference) {
        return kind(what, pushed.name(), pushed.mediaType(), reference, pushed.text());
    }

    private static Row kind(String what, String name, String mediaType, String reference, String text) {
        return get(what, "/v2/ghcr.io/" + name + "/manifests/" + reference)
                .with("Accept: " + mediaType)
                .content(mediaType, text.getBytes(StandardCharsets.UTF_8))
                .must(Check.headerLike("Docker-Content-Digest", "sha256:[0-9a-f]{64}"));
    }
}
