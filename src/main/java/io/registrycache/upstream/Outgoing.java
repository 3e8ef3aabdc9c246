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
 * @param isLayer whether the content of a layer is expected, which takes long
 */
public record Outgoing(URI url, HttpMethod method, HttpHeaders headers, boolean trusted, boolean isLayer) {

    /** A request with a short answer. */
    public Outgoing(URI url, HttpMethod method, HttpHeaders headers, boolean trusted) {
        this(url, method, headers, trusted, false);
    }

    /** Without the headers and the path, which may hold secrets. */
    @Override
    public String toString() {
        return method + " " + Authority.of(url);
    }
}
