package io.registrycache.request;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Leads clients from a page of an upstream's list to the next one, under the names that they typed. */
public final class NextPage {

    private NextPage() {}

    /**
     * The query of an upstream's link.
     *
     * @param link path and query, or nothing
     * @param end of the list's own path
     * @throws IOException if it does not lead to a page of the same list
     */
    public static String query(String link, String end) throws IOException {
        if (link.isEmpty()) {
            return "";
        }
        int mark = link.indexOf('?');
        String path = link.substring(0, Math.max(0, mark)).replace("%3A", ":").replace("%3a", ":");
        if (mark < 0 || mark == link.length() - 1 || !(path.isEmpty() || path.endsWith(end))) {
            throw new IOException("its link leads elsewhere");
        }
        return link.substring(mark + 1);
    }

    /** The {@code Link} header to a page that the upstream knows by this query. */
    public static String link(RegistryRequest request, String upstreamQuery) {
        boolean isOfTags = request.operation() == Operation.TAGS;
        StringBuilder link = new StringBuilder("<").append(request.typedPath());
        link.append(isOfTags ? "/tags/list" : "/referrers/" + request.reference());
        link.append('?').append(upstreamQuery);
        if (!isOfTags && !("&" + upstreamQuery).contains("&artifactType=")) {
            append(link, "artifactType", request.artifactType());
        }
        append(link, "ns", request.page().namespace());
        return link.append(">; rel=\"next\"").toString();
    }

    private static void append(StringBuilder link, String name, String value) {
        if (!value.isEmpty()) {
            link.append('&').append(name).append('=').append(URLEncoder.encode(value, StandardCharsets.UTF_8));
        }
    }
}
