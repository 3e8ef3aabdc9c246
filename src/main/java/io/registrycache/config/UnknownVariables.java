package io.registrycache.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Variables that look like this program's and are not: misspelt, most likely. */
public final class UnknownVariables {

    private static final Set<String> KNOWN = Set.of(
            "CONFIG",
            "CACHE_HOST",
            "CACHE_PORT",
            "CACHE_LIMIT",
            "CACHE_KEEP",
            "MANAGEMENT_HOST",
            "MANAGEMENT_PORT",
            "MANAGEMENT_NAMES",
            "PUBLIC_URL",
            "JMX_PORT",
            "JMX_PUBLIC_HOST",
            "JMX_PASSWORD_FILE",
            "JMX_ACCESS_FILE",
            "JMX_KEYSTORE",
            "JMX_KEYSTORE_PASSWORD",
            "ROUTES_DIR",
            "ACCESS_LOG",
            "STATISTICS_FILE",
            "LOG_LEVEL",
            "LOG_FORMAT",
            "UPSTREAM_CONNECTIONS",
            "UPSTREAM_LAYERS",
            "UPSTREAM_PARTS",
            "REGISTRY_COMMAND",
            "REGISTRY_PROXY_USERNAME",
            "REGISTRY_PROXY_PASSWORD",
            "REGISTRY_PROXY_TTL",
            "REGISTRY_PROXY_REMOTEURL");

    /** Others begin so for reasons of their own: the registry has hundreds of variables, of which these are ours. */
    private static final Pattern OURS = Pattern.compile(
            "(?:CACHE|MANAGEMENT|JMX|ROUTES|UPSTREAM|LOG|STATISTICS|REGISTRY_PROXY|REGISTRY_COMMAN|PUBLIC_U)_?.*|CONFI?G?S?");

    /** Variables that Kubernetes sets for a service with the name of one of our prefixes. */
    private static final Pattern OF_KUBERNETES =
            Pattern.compile(".*_SERVICE_(?:HOST|PORT)(?:_.*)?|.*_PORT_[0-9]+_(?:TCP|UDP)(?:_.*)?");

    private UnknownVariables() {}

    /**
     * A sentence for each.
     *
     * @param place in front of the variable's name, such as {@code CONFIG, ghcr.io: }
     */
    public static List<String> in(String place, Map<String, String> variables) {
        List<String> found = new ArrayList<>();
        for (String name : new TreeSet<>(variables.keySet())) {
            String plain = name.endsWith("_FILE") && !KNOWN.contains(name)
                    ? name.substring(0, name.length() - "_FILE".length())
                    : name;
            if (!KNOWN.contains(plain)
                    && OURS.matcher(plain).matches()
                    && !OF_KUBERNETES.matcher(plain).matches()) {
                found.add(place + name + " has no effect; is " + nearest(plain, KNOWN) + " meant?");
            }
        }
        return found;
    }

    private static String nearest(String name, Collection<String> known) {
        return known.stream()
                .min(Comparator.comparing((String it) -> !it.startsWith(name))
                        .thenComparing(it -> distance(name, it))
                        .thenComparing(it -> it))
                .orElseThrow();
    }

    /** How many letters must be inserted, removed or replaced (Levenshtein). */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            int diagonal = i;
            for (int j = 0; j <= to.length(); j++) {
                int replaced = i > 0 && j > 0 ? diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1) : i + j;
                diagonal = row[j];
                row[j] = i == 0 || j == 0 ? i + j : Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
