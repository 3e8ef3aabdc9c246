package io.registrycache.relay;

import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;

/** Stands in a Camel body for a response whose every byte has already gone to the client. */
final class AlreadySent extends DefaultHttpResponse {

    static final AlreadySent INSTANCE = new AlreadySent();

    private AlreadySent() {
        super(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, EmptyHttpHeaders.INSTANCE);
    }
}
