package io.registrycache.surface;

import static io.registrycache.surface.Row.get;

import io.registrycache.rig.PushedImage;
import io.registrycache.rig.UpstreamRegistry;
import java.util.List;

/** The names of upstreams and images, and the answers to malformed ones. */
public final class Names {

    private static final String TAGS_LINK = "</v2/my/image/tags/list\\?n=1&last=1&ns=ghcr.io>; rel=\"next\"";

    private Names() {}

    public static List<Row> rows(Shelf shelf, UpstreamRegistry ghcr) {
        return List.of(
                get("ping", "/v2/").must(Check.status(200)),
                get("ping with ns", "/v2/?ns=ghcr.io").must(Check.status(200)),
                image(shelf.image(), "ns", "/v2/my/image/manifests/1?ns=ghcr.io"),
                image(shelf.debian(), "ns, Docker Hub", "/v2/library/debian/manifests/12?ns=docker.io"),
                image(shelf.image(), "ns and prefix", "/v2/ghcr.io/my/image/manifests/1?ns=ghcr.io"),
                image(shelf.image(), "ns with a port", "/v2/my/image/manifests/1?ns=127.0.0.1%3A" + ghcr.port()),
                image(shelf.image(), "a name like a host under ns", "/v2/docker.io/copied/manifests/1?ns=ghcr.io"),
                get("unknown ns", "/v2/my/image/manifests/1?ns=quay.io").error(404, "NAME_UNKNOWN"),
                get("unknown ns at the ping", "/v2/?ns=quay.io").error(404, "NAME_UNKNOWN"),
                get("ns that is a URL", "/v2/my/image/manifests/1?ns=http%3A%2F%2F127.0.0.1%3A" + ghcr.port())
                        .error(404, "NAME_UNKNOWN"),
                get("ns stays in Link", "/v2/my/image/tags/list?n=1&ns=ghcr.io")
                        .must(Check.status(200), Check.headerLike("Link", TAGS_LINK)),
                image(shelf.debian(), "Docker's registry-mirrors", "/v2/library/debian/manifests/12"),
                image(shelf.debian(), "Docker Hub without library", "/v2/debian/manifests/12"),
                image(shelf.image(), "prefix", "/v2/ghcr.io/my/image/manifests/1"),
                image(shelf.debian(), "prefix before /v2", "/docker.io/v2/library/debian/manifests/12"),
                image(shelf.image(), "prefix before /v2, and ns", "/ghcr.io/v2/my/image/manifests/1?ns=ghcr.io"),
                get("prefix before /v2 stays in Link", "/ghcr.io/v2/my/image/tags/list?n=1")
                        .must(
                                Check.status(200),
                                Check.headerLike(
                                        "Link", "</ghcr.io/v2/my/image/tags/list\\?n=1&last=1>; rel=\"next\"")),
                image(shelf.debian(), "BuildKit's mirror", "/v2/docker.io/library/debian/manifests/12?ns=docker.io"),
                get("unknown prefix", "/v2/quay.io/my/image/manifests/1").error(404, "NAME_UNKNOWN"),
                get("unknown prefix before /v2", "/quay.io/v2/my/image/manifests/1")
                        .error(404, "NAME_UNKNOWN"),
                get("malformed name", "/v2/ghcr.io/My/image/manifests/1").error(400, "NAME_INVALID"),
                get("long name", "/v2/ghcr.io/" + "a".repeat(260) + "/manifests/1")
                        .error(400, "NAME_INVALID"),
                get("long prefix and name", "/v2/ghcr.io/" + "a".repeat(250) + "/manifests/1")
                        .error(404, "MANIFEST_UNKNOWN"),
                image(shelf.image(), "absolute form", "http://elsewhere/v2/ghcr.io/my/image/manifests/1"),
                get("two hosts", "/v2/").with("Host: second").error(400, "UNSUPPORTED"),
                Row.of("options", "OPTIONS", "/v2/ghcr.io/my/image/manifests/1")
                        .must(Check.status(200), Check.header("Allow", "GET, HEAD, OPTIONS")),
                Row.of("options of all", "OPTIONS", "*").must(Check.status(200)),
                get("the root, of a client", "/").error(404, "UNSUPPORTED"),
                get("the root, of a browser", "/")
                        .with("Accept: text/html,application/xhtml+xml,*/*;q=0.8")
                        .must(
                                Check.status(200),
                                Check.headerLike("Content-Type", "text/html.*"),
                                Check.text("(?s).*docker pull 127.0.0.1:[0-9]+/ghcr.io/.*http://127.0.0.1:[0-9]+/.*")),
                get("no such path", "/v2/ghcr.io/my/image/nothing/1").error(404, "UNSUPPORTED"),
                Row.of("push", "POST", "/v2/ghcr.io/my/image/blobs/uploads/")
                        .error(405, "UNSUPPORTED")
                        .must(Check.header("Allow", "GET, HEAD, OPTIONS")),
                Row.of("delete", "DELETE", "/v2/ghcr.io/my/image/manifests/1")
                        .error(405, "UNSUPPORTED")
                        .must(Check.header("Allow", "GET, HEAD, OPTIONS")));
    }

    private static Row image(PushedImage image, String what, String path) {
        return get(what, path).with("Accept: " + image.mediaType()).content(image.mediaType(), image.manifestBytes());
    }
}
