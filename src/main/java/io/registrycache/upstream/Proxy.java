package io.registrycache.upstream;

import java.net.URI;
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
        Optional<Login> login = Optional.ofNullable(url.getUserInfo()).map(info -> {
            int colon = info.indexOf(':');
            return colon < 0 ? new Login(info, "") : new Login(info.substring(0, colon), info.substring(colon + 1));
        });
        return new Proxy(Origin.of(url), login);
    }

    /** Whether it speaks HTTP, with TLS or without; SOCKS if not. */
    public boolean isHttp() {
        return origin.scheme().startsWith("http");
    }
}
