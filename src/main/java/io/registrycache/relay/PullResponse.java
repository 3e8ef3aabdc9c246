package io.registrycache.relay;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;

/** A response that was made in a route, and knows which request it answers. */
final class PullResponse extends DefaultFullHttpResponse {

    private final HttpRequest asked;

    PullResponse(HttpRequest asked, HttpResponseStatus status, byte[] body) {
        super(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
        this.asked = asked;
    }

    HttpRequest asked() {
        return asked;
    }
}
