package io.registrycache.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The host names by which the management port may be asked. A web page can let a name of its own domain point here, and its
 * visitor's browser then shows it what this port says; it can do so with no IP address, and with no name that only the local
 * network or the cluster knows.
 *
 * @param names lower case; {@code *.example.com} for all below it, {@code *} for all
 */
public record ManagementNames(Set<String> names) {

    public static final String VARIABLE = "MANAGEMENT_NAMES";

    private static final Pattern FORM = Pattern.compile("\\*|(?:\\*\\.)?[a-z0-9_-]+(?:\\.[a-z0-9_-]+)*");
    private static final Pattern HOST =
            Pattern.compile("([A-Za-z0-9._-]{1,255}|\\[[0-9A-Fa-f:.]{2,60}])(?::[0-9]{0,5})?");
    private static final Pattern ADDRESS = Pattern.compile("\\[.*]|[0-9]{1,3}(?:\\.[0-9]{1,3}){3}");
    /** Of loopback, of the local network, of a Kubernetes cluster: none of them can be registered. */
    private static final Pattern LOCAL = Pattern.compile("[^.]+|.+\\.(?:localhost|local|internal|svc)");

    public ManagementNames {
        names = Set.copyOf(names);
    }

    static ManagementNames of(Map<String, String> environment, String... own) {
        Set<String> names = new HashSet<>();
        for (String name : environment.getOrDefault(VARIABLE, "").split(",")) {
            String plain = name.strip().toLowerCase(Locale.ROOT);
            if (!plain.isEmpty()) {
                names.add(checked(plain));
            }
        }
        for (String name : own) {
            names.add(name.toLowerCase(Locale.ROOT));
        }
        names.add(ofThisMachine());
        return new ManagementNames(names);
    }

    private static String checked(String name) {
        if (!FORM.matcher(name).matches()) {
            throw new ConfigException(
                    VARIABLE,
                    '"' + name.replaceAll("\\p{Cntrl}", "?")
                            + "\" is not a host name; give names with commas between them, such as cache.example.com,"
                            + " *.example.com for all below it, or * for all");
        }
        return name;
    }

    /** Asks no name service. */
    private static String ofThisMachine() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname"))
                    .strip()
                    .toLowerCase(Locale.ROOT);
        } catch (IOException e) {
            return "localhost";
        }
    }

    /**
     * Whether a request for this host is meant for this port.
     *
     * @param host as a {@code Host} header has it, with a port or without
     */
    public boolean include(String host) {
        Matcher matcher = HOST.matcher(host);
        if (!matcher.matches()) {
            return false;
        }
        String name = matcher.group(1).toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
        return ADDRESS.matcher(name).matches() || LOCAL.matcher(name).matches() || isListed(name);
    }

    private boolean isListed(String name) {
        if (names.contains("*") || names.contains(name)) {
            return true;
        }
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            if (names.contains("*" + name.substring(dot))) {
                return true;
            }
        }
        return false;
    }
}
