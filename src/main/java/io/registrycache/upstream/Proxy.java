package io.registrycache.upstream;

import io.registrycache.config.Authority;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * A proxy on the way to an upstream.
 *
 * @param login the user and the password that it wants, if it wants them
 */
public record Proxy(Origin origin, Optional<Login> login) {

    public record Login(String user, String password) {

        /** The value of {@code Proxy-Authorization}; RFC 7617. */
        public String basic() {
            return "Basic "
                    + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String toString() {
            return "Login";
        }
    }

    static Proxy of(URI url) {
        String info = Authority.of(url).userInfo();
        return new Proxy(Origin.of(url), info.isEmpty() ? Optional.empty() : Optional.of(login(info)));
    }

    private static Login login(String info) {
        int colon = info.indexOf(':');
        return colon < 0
                ? new Login(decoded(info), "")
                : new Login(decoded(info.substring(0, colon)), decoded(info.substring(colon + 1)));
    }

    /** A plus is itself here, and not a space. */
    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** Whether it speaks HTTP, with TLS or without; SOCKS if not. */
    public boolean isHttp() {
        return origin.scheme().startsWith("http");
    }
}
