package io.registrycache.request;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The target of a request line, taken apart; RFC 9112, 3.2.
 *
 * @param path decoded
 * @param query as it came, without the question mark
 */
record RequestTarget(String path, String query) {

    static final Set<String> OF_LISTS = Set.of("n", "last", "ns");

    static RequestTarget of(String target) throws RegistryException {
        String origin = originForm(target);
        int mark = origin.indexOf('?');
        return new RequestTarget(
                decoded(mark < 0 ? origin : origin.substring(0, mark), "path"),
                mark < 0 ? "" : origin.substring(mark + 1));
    }

    /** Without the scheme and the host that clients of proxies send; which host that is does not matter here. */
    private static String originForm(String target) {
        if (target.startsWith("/")) {
            return target;
        }
        String lower = target.toLowerCase(Locale.ROOT);
        int host = lower.startsWith("http://") ? 7 : lower.startsWith("https://") ? 8 : -1;
        if (host < 0) {
            return target;
        }
        int end = host;
        while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
            end++;
        }
        String rest = target.substring(end);
        return rest.startsWith("/") ? rest : "/" + rest;
    }

    /** The parameters that count, decoded: those of lists, and all where an upstream pages as it likes. */
    Map<String, String> parameters(Operation operation) throws RegistryException {
        if (query.isEmpty()) {
            return Map.of();
        }
        boolean isPagedByUpstream = operation == Operation.REFERRERS || operation == Operation.TAGS;
        Map<String, String> parameters = new HashMap<>();
        for (String parameter : query.split("&")) {
            int equals = parameter.indexOf('=');
            if (equals > 0) {
                String key = parameter.substring(0, equals);
                if (OF_LISTS.contains(key) || isPagedByUpstream) {
                    parameters.put(
                            printable(decoded(key, "query")),
                            printable(decoded(parameter.substring(equals + 1), "query")));
                }
            }
        }
        // Without digits n sets no limit; more digits do not fit into a long.
        if (!parameters.getOrDefault("n", "").matches("[0-9]{0,18}")) {
            throw RegistryError.invalidPage().exception();
        }
        return parameters;
    }

    /** Refuses what an upstream may stumble over, and then be taken for one that fails. */
    private static String printable(String text) throws RegistryException {
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw RegistryError.badRequest("the query has control characters").exception();
        }
        return text;
    }

    private static String decoded(String text, String what) throws RegistryException {
        if (text.indexOf('%') < 0) {
            return text;
        }
        try {
            // The decoder's only difference from percent-encoding is the plus sign.
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw RegistryError.badRequest("the " + what + " is not valid percent-encoding")
                    .exception();
        }
    }
}
