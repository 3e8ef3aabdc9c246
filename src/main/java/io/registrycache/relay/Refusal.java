package io.registrycache.relay;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.registrycache.request.RegistryError;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** A request that is refused as HTTP, before its path is parsed. */
final class Refusal {

    private Refusal() {}

    /** The error that ends the connection, or null when the request may go on. */
    static @Nullable RegistryError of(HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            return undecoded(request.decoderResult().cause());
        }
        if (HttpUtil.isTransferEncodingChunked(request)
                || request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)
                || HttpUtil.getContentLength(request, 0L) > 0) {
            String method = request.method().name();
            return method.equals("GET") || method.equals("HEAD")
                    ? new RegistryError(413, "UNSUPPORTED", "a request to pull has no body")
                    : RegistryError.readOnly(method);
        }
        return refusedHost(request);
    }

    /** RFC 9112, 3.2. */
    private static @Nullable RegistryError refusedHost(HttpRequest request) {
        Iterator<String> hosts = request.headers().valueStringIterator(HttpHeaderNames.HOST);
        if (!hosts.hasNext()) {
            return request.protocolVersion().equals(HttpVersion.HTTP_1_1)
                    ? RegistryError.badRequest("the request has no Host header")
                    : null;
        }
        hosts.next();
        return hosts.hasNext() ? RegistryError.badRequest("the request has several Host headers") : null;
    }

    static FullHttpResponse response(RegistryError error) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(error.status()),
                Unpooled.copiedBuffer(error.json(), StandardCharsets.UTF_8));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
        error.headers().forEach(response.headers()::set);
        response.headers()
                .setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
        return response;
    }

    private static RegistryError undecoded(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return new RegistryError(414, "UNSUPPORTED", "the request line is too long");
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return new RegistryError(431, "UNSUPPORTED", "the request's headers are too long");
        }
        return RegistryError.badRequest("the request is not valid HTTP");
    }
}
