package io.registrycache.config;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Host and port of a URL. {@link URI} itself finds none in {@code http://my_registry:5000}: an underscore is not allowed in
 * host names, and Compose makes them all the same.
 *
 * @param userInfo as it stands in the URL, percent-encoded; may be empty
 * @param port -1 if none is given
 */
public record Authority(String userInfo, String host, int port) {

    private static final Pattern FORM =
            Pattern.compile("(?:([^@]*)@)?([A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.%]{2,60}])(?::([0-9]{1,5})?)?");

    /** Of a URL that is known to have a host. */
    public static Authority of(URI url) {
        return find(url).orElseThrow(() -> new IllegalArgumentException("a URL without a host"));
    }

    /** Of a URL that may have none. */
    public static Optional<Authority> find(URI url) {
        Matcher matcher = FORM.matcher(url.getRawAuthority() == null ? "" : url.getRawAuthority());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String userInfo = matcher.group(1) == null ? "" : matcher.group(1);
        int port = matcher.group(3) == null || matcher.group(3).isEmpty() ? -1 : Integer.parseInt(matcher.group(3));
        return Optional.of(new Authority(userInfo, matcher.group(2).toLowerCase(Locale.ROOT), port));
    }

    /** {@code host:port}, or the host alone if no port is given. */
    public String hostAndPort() {
        return port < 0 ? host : host + ":" + port;
    }

    /** Without the user, who may have a password. */
    @Override
    public String toString() {
        return hostAndPort();
    }
}
