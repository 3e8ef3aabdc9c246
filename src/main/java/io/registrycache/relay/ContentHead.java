package io.registrycache.relay;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.util.AsciiString;
import io.registrycache.request.Operation;
import io.registrycache.request.RegistryRequest;
import java.nio.charset.StandardCharsets;

/** The headers with which a child sends a manifest or a blob. */
final class ContentHead {

    /** The values of these headers are digests, numbers, or written here; so Netty need not check each character. */
    private static final HttpDate DATE = new HttpDate();

    private static final HttpHeadersFactory UNCHECKED =
            DefaultHttpHeadersFactory.headersFactory().withValidation(false);

    private static final AsciiString CONTENT_DIGEST = AsciiString.cached("Docker-Content-Digest");
    private static final AsciiString API_VERSION = AsciiString.cached("Docker-Distribution-Api-Version");
    private static final AsciiString VERSION_2 = AsciiString.cached("registry/2.0");
    private static final AsciiString FOR_A_YEAR = AsciiString.cached("max-age=31536000");

    private ContentHead() {}

    /** Of an answer without content. */
    static HttpHeaders ofNothing(RegistryRequest request, boolean hasLength) {
        HttpHeaders headers = UNCHECKED.newHeaders();
        if (hasLength) {
            headers.add(HttpHeaderNames.CONTENT_LENGTH, HttpHeaderValues.ZERO);
        }
        headers.add(CONTENT_DIGEST, request.reference());
        headers.add(HttpHeaderNames.ETAG, '"' + request.reference() + '"');
        headers.add(HttpHeaderNames.DATE, DATE.now());
        return headers;
    }

    static HttpHeaders of(RegistryRequest request, String type, ByteRange range) {
        HttpHeaders headers = UNCHECKED.newHeaders();
        if (request.operation() == Operation.BLOB) {
            headers.add(HttpHeaderNames.ACCEPT_RANGES, HttpHeaderValues.BYTES);
            headers.add(HttpHeaderNames.CACHE_CONTROL, FOR_A_YEAR);
        }
        headers.add(HttpHeaderNames.CONTENT_LENGTH, Long.toString(range.length()));
        if (!range.isWhole()) {
            headers.add(HttpHeaderNames.CONTENT_RANGE, range.toString());
        }
        headers.add(HttpHeaderNames.CONTENT_TYPE, type);
        AsciiString quoted =
                new AsciiString(('"' + request.reference() + '"').getBytes(StandardCharsets.US_ASCII), false);
        headers.add(CONTENT_DIGEST, quoted.subSequence(1, quoted.length() - 1, false));
        headers.add(API_VERSION, VERSION_2);
        headers.add(HttpHeaderNames.ETAG, quoted);
        headers.add(HttpHeaderNames.DATE, DATE.now());
        return headers;
    }
}
