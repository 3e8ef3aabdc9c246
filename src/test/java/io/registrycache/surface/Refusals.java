package io.registrycache.surface;

import static io.registrycache.surface.Row.get;

import java.util.List;
import java.util.stream.Stream;

/** Requests that upstreams refuse, each for a reason of its own. */
public final class Refusals {

    /** Needs a token, and the cache has no credentials. */
    public static final String PRIVATE = "private.example";
    /** Needs a token, and the cache has credentials that it does not accept. */
    public static final String MISTRUSTING = "mistrusting.example";
    /** Answers everything with 429, and Retry-After of 17 seconds. */
    public static final String LIMITING = "limiting.example";
    /** Answers everything with 500. */
    public static final String FAILING = "failing.example";
    /** Refuses connections. */
    public static final String DOWN = "down.example";

    private static final String ABSENT = "sha256:" + "0".repeat(64);

    private Refusals() {}

    /** Of upstreams by these names. */
    public static List<Row> rows() {
        return Stream.of(
                        all("no credentials", PRIVATE, 401, "UNAUTHORIZED"),
                        all("wrong credentials", MISTRUSTING, 401, "UNAUTHORIZED"),
                        all("rate limit", LIMITING, 429, "TOOMANYREQUESTS")
                                .map(row -> row.must(Check.header("Retry-After", "17"))),
                        all("upstream fails", FAILING, 503, "UNAVAILABLE")
                                .map(row -> row.must(Check.headerLike("Retry-After", "\\d+"))),
                        all("upstream is down", DOWN, 503, "UNAVAILABLE")
                                .map(row -> row.must(Check.headerLike("Retry-After", "\\d+"))))
                .flatMap(rows -> rows)
                .toList();
    }

    private static Stream<Row> all(String why, String upstream, int status, String code) {
        String repository = "/v2/" + upstream + "/my/image/";
        return Stream.of(
                        get(why + ", tag", repository + "manifests/1"),
                        get(why + ", manifest by digest", repository + "manifests/" + ABSENT),
                        get(why + ", blob", repository + "blobs/" + ABSENT),
                        get(why + ", tags", repository + "tags/list"))
                .map(row -> row.error(status, code).must(Check.text(".*" + upstream + ".*")));
    }
}
