package io.registrycache.request;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Which part of a list is asked for.
 *
 * @param size at most so many entries; negative for no limit
 * @param last the entry behind which the part begins, or nothing
 * @param namespace the {@code ns} parameter, which a link to the next part keeps, or nothing
 */
public record Page(int size, String last, String namespace) {

    static Page of(Map<String, String> query) {
        String size = query.getOrDefault("n", "");
        return new Page(
                size.isEmpty() ? -1 : (int) Math.min(Integer.MAX_VALUE, Long.parseLong(size)),
                query.getOrDefault("last", ""),
                query.getOrDefault("ns", ""));
    }

    public boolean isLimited() {
        return size >= 0;
    }

    /** The entries that the limit admits. */
    public List<String> cut(List<String> entries) {
        return isLimited() && entries.size() > size ? entries.subList(0, size) : entries;
    }

    /** The {@code Link} header for the entries after an entry. */
    public String linkAfter(String path, String entry) {
        Page next = new Page(size, entry, namespace);
        return "<" + path + next.suffix(namespace) + ">; rel=\"next\"";
    }

    /** As a query, {@code ?} included; empty when there is nothing to say. */
    String suffix(String ns) {
        StringBuilder query = new StringBuilder();
        append(query, "n", isLimited() ? Integer.toString(size) : "");
        append(query, "last", last);
        append(query, "ns", ns);
        return query.toString();
    }

    private static void append(StringBuilder query, String name, String value) {
        if (!value.isEmpty()) {
            query.append(query.length() == 0 ? '?' : '&').append(name).append('=');
            query.append(URLEncoder.encode(value, StandardCharsets.UTF_8));
        }
    }
}
