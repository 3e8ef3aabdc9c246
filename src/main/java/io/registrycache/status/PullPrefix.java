package io.registrycache.status;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The command in front of an image's name.
 *
 * @param host where the cache listens, and {@code port}
 * @param publicName the host, and perhaps the port, by which clients know it, if an operator said so
 */
public record PullPrefix(String host, int port, Optional<String> publicName) {

    private static final Pattern HOST =
            Pattern.compile("(?:[A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}])(?::[0-9]{1,5})?");

    /**
     * Such as {@code docker pull 127.0.0.1:5000/}.
     *
     * @param askedHost where the page was asked for, which is where the cache is if that listens on all addresses
     */
    String at(@Nullable String askedHost) {
        return "docker pull " + publicName.orElseGet(() -> name(askedHost) + ":" + port) + "/";
    }

    private String name(@Nullable String askedHost) {
        if (!host.equals("0.0.0.0") && !host.equals("::")) {
            return host;
        }
        return askedHost != null && HOST.matcher(askedHost).matches()
                ? askedHost.replaceFirst(":[0-9]+$", "")
                : "127.0.0.1";
    }
}
