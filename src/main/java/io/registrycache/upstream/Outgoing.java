package io.registrycache.upstream;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.registrycache.config.Authority;
import java.net.URI;

/**
 * A request to an upstream, a token service, or a host that an upstream redirects to.
 *
 * @param trusted whether the host is named by the configuration; no other may be on this machine
 * @param headers may hold credentials
 */
public record Outgoing(URI url, HttpMethod method, HttpHeaders headers, boolean trusted) {

    /** Without the headers and the path, which may hold secrets. */
    @Override
    public String toString() {
        return method + " " + Authority.of(url);
    }
}
