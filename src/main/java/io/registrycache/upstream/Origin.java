package io.registrycache.upstream;

import io.registrycache.config.Authority;
import java.net.URI;
import java.util.Locale;

/**
 * Where requests go; RFC 6454.
 *
 * @param scheme lower case
 * @param host lower case, an IPv6 address in brackets
 */
public record Origin(String scheme, String host, int port) {

    public static Origin of(URI url) {
        String scheme = url.getScheme().toLowerCase(Locale.ROOT);
        Authority authority = Authority.of(url);
        int port = authority.port() >= 0
                ? authority.port()
                : switch (scheme) {
                    case "https" -> 443;
                    case "socks5", "socks5h" -> 1080;
                    default -> 80;
                };
        return new Origin(scheme, authority.host(), port);
    }

    public boolean isTls() {
        return scheme.equals("https");
    }

    /** For a resolver, which wants no brackets. */
    public String address() {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** For messages. */
    @Override
    public String toString() {
        return host + ":" + port;
    }
}
