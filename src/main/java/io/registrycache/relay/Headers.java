package io.registrycache.relay;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.registrycache.request.ManifestType;
import io.registrycache.request.RegistryRequest;
import java.util.List;

/** Which headers pass, and how those change that name a path. */
final class Headers {

    /** All that a child needs to know of a client; credentials are not among them. */
    private static final List<AsciiString> FORWARDED = List.of(
            HttpHeaderNames.RANGE,
            HttpHeaderNames.IF_RANGE,
            HttpHeaderNames.IF_NONE_MATCH,
            HttpHeaderNames.IF_MODIFIED_SINCE,
            HttpHeaderNames.USER_AGENT);

    /** RFC 9110, 7.6.1. */
    private static final List<CharSequence> HOP_BY_HOP = List.of(
            HttpHeaderNames.CONNECTION,
            "keep-alive",
            "proxy-connection",
            HttpHeaderNames.PROXY_AUTHENTICATE,
            HttpHeaderNames.TE,
            HttpHeaderNames.TRAILER,
            HttpHeaderNames.TRANSFER_ENCODING,
            HttpHeaderNames.UPGRADE);

    private static final AsciiString LINK = AsciiString.cached("link");

    /** RFC 9211. */
    static final AsciiString CACHE_STATUS = AsciiString.cached("Cache-Status");

    private Headers() {}

    static void copyForwarded(HttpHeaders from, HttpHeaders to) {
        for (AsciiString name : FORWARDED) {
            List<String> values = from.getAll(name);
            // A range of an unknown unit is ignored; RFC 9110, 14.2. The child would refuse it.
            boolean isForNobody = name.equals(HttpHeaderNames.RANGE) && !ByteRange.isOfBytes(from);
            if (!values.isEmpty() && !isForNobody) {
                to.set(name, values);
            }
        }
        // A manifest is sent as it is, whatever kinds the client names, as upstreams do: a child would convert or
        // refuse it.
        to.set(HttpHeaderNames.ACCEPT, ManifestType.ACCEPT);
    }

    static void removeHopByHop(HttpHeaders headers) {
        for (String named : headers.getAllAsString(HttpHeaderNames.CONNECTION)) {
            for (String name : named.split(",")) {
                if (!name.isBlank()) {
                    headers.remove(name.strip());
                }
            }
        }
        HOP_BY_HOP.forEach(headers::remove);
    }

    /** Whether it says where a message ends, or is for one connection alone. */
    static boolean framesAMessage(String name) {
        return name.equalsIgnoreCase("Content-Length")
                || HOP_BY_HOP.stream().anyMatch(it -> AsciiString.contentEqualsIgnoreCase(it, name));
    }

    /** A child writes its upstream's names; the client knows those that it typed. */
    static void restorePrefix(HttpHeaders headers, RegistryRequest request) {
        restorePrefix(headers, LINK, request);
        restorePrefix(headers, HttpHeaderNames.LOCATION, request);
    }

    private static void restorePrefix(HttpHeaders headers, AsciiString name, RegistryRequest request) {
        String value = headers.get(name);
        if (value != null) {
            headers.set(name, restorePrefix(value, request));
        }
    }

    static String restorePrefix(String value, RegistryRequest request) {
        return value.replace("/v2/" + request.repository() + "/", request.typedPath() + "/");
    }
}
