package io.registrycache.surface;

import static io.registrycache.surface.Row.get;

import java.util.List;

/** Lists of tags and of repositories, in pages. */
public final class Lists {

    private static final String TAGS = "/v2/ghcr.io/my/image/tags/list";
    private static final String CATALOG = "/v2/_catalog";

    private Lists() {}

    /** For an upstream of {@link Shelf}'s making, with all of its repositories cached. */
    public static List<Row> rows() {
        return List.of(
                tags("tags", "", "\"1\",\"a\",\"attestation\",\"attested\",\"b\",\"c\"")
                        .must(Check.no("Link")),
                tags("tags, n", "?n=2", "\"1\",\"a\"").must(link(TAGS + "\\?n=2&last=a")),
                tags("tags, n and last", "?n=2&last=attested", "\"b\",\"c\"").must(Check.no("Link")),
                tags("tags, last", "?last=b", "\"c\"").must(Check.no("Link")),
                tags("tags, last is not a tag", "?n=1&last=aa", "\"attestation\"")
                        .must(link(TAGS + "\\?n=1&last=attestation")),
                tags("tags, n is 0", "?n=0", "").must(Check.no("Link")),
                tags("tags, n is empty", "?n=&last=b", "\"c\"").must(Check.no("Link")),
                tags("tags, n is huge", "?n=4294967298", ".*").must(Check.no("Link")),
                get("tags, last is a control character", TAGS + "?last=%00").error(400, "UNSUPPORTED"),
                tags("tags, gzip", "", ".*").with("Accept-Encoding: gzip").must(Check.no("Content-Encoding")),
                get("tags, n is not a number", TAGS + "?n=x").error(400, "PAGINATION_NUMBER_INVALID"),
                get("tags, n is negative", TAGS + "?n=-1").error(400, "PAGINATION_NUMBER_INVALID"),
                get("tags of nothing", "/v2/ghcr.io/no/such/tags/list").error(404, "NAME_UNKNOWN"),
                catalog("repositories", "", ".*\"ghcr.io/my/image\".*\"registry-1.docker.io/library/debian\".*")
                        .must(Check.no("Link")),
                catalog("repositories, n", "?n=1", "\"ghcr.io/docker.io/copied\"")
                        .must(link(CATALOG + "\\?n=1&last=ghcr.io%2Fdocker.io%2Fcopied")),
                catalog("repositories, n and last", "?n=1&last=ghcr.io%2Fmy%2Fchart", "\"ghcr.io/my/image\"")
                        .must(link(CATALOG + "\\?n=1&last=ghcr.io%2Fmy%2Fimage")),
                catalog("repositories, over the border", "?n=1&last=ghcr.io%2Fzzz", "\"registry-1.docker.io/.*\""),
                get("repositories, n is not a number", CATALOG + "?n=x").error(400, "PAGINATION_NUMBER_INVALID"));
    }

    private static Row tags(String what, String query, String tags) {
        return get(what, TAGS + query)
                .must(
                        Check.status(200),
                        Check.headerLike("Content-Type", "application/json.*"),
                        Check.text("\\{\"name\":\"(ghcr.io/)?my/image\",\"tags\":\\[" + tags + "\\]\\}"));
    }

    private static Row catalog(String what, String query, String repositories) {
        return get(what, CATALOG + query)
                .must(Check.status(200), Check.text("\\{\"repositories\":\\[" + repositories + "\\]\\}"));
    }

    private static Check link(String target) {
        return Check.headerLike("Link", "<" + target.replace("/ghcr.io/", "/(ghcr.io/)?") + ">; rel=\"next\"");
    }
}
