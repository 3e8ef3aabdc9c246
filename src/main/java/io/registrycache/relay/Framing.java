package io.registrycache.relay;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/** How a response is delimited on the connection to the client who asked; RFC 9112, 6.3 and 9.3. */
final class Framing {

    private Framing() {}

    /** Makes a head one that this client understands; returns whether the connection ends with the answer. */
    static boolean adapt(HttpRequest request, HttpResponse head) {
        boolean isLast = !HttpUtil.isKeepAlive(request);
        if (!hasKnownEnd(request, head)) {
            if (request.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
                isLast = true;
            } else {
                HttpUtil.setTransferEncodingChunked(head, true);
            }
        }
        setConnectionHeader(request, head, isLast);
        return isLast;
    }

    /**
     * Writes a response that was made here; to HEAD without its body, but with the body's length.
     *
     * @param isLast whether the connection ends with it
     */
    static void write(
            ChannelHandlerContext ctx,
            HttpRequest request,
            FullHttpResponse response,
            boolean isLast,
            ChannelPromise promise) {
        setConnectionHeader(request, response, isLast);
        if (request.method().equals(HttpMethod.HEAD)) {
            response.release();
            ctx.write(response.replace(Unpooled.EMPTY_BUFFER), promise);
        } else {
            ctx.write(response, promise);
        }
    }

    /**
     * Writes an answer whose head is adapted.
     *
     * @param head with its content, or without if there is none or it is a body by itself
     * @param last is told when the end is written, or can never be
     */
    static void write(
            ChannelHandlerContext ctx,
            PullRequest pull,
            HttpResponse head,
            @Nullable Body body,
            ChannelFutureListener last) {
        ChannelFuture first = ctx.write(head);
        if (body != null) {
            body.write(ctx, pull.transfer(), last);
        } else if (head instanceof FullHttpResponse) {
            first.addListener(last);
        } else {
            ctx.write(LastHttpContent.EMPTY_LAST_CONTENT).addListener(last);
        }
    }

    private static void setConnectionHeader(HttpRequest request, HttpResponse response, boolean isLast) {
        if (isLast) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (!request.protocolVersion().isKeepAliveDefault()) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
    }

    private static boolean hasKnownEnd(HttpRequest request, HttpResponse head) {
        int status = head.status().code();
        return HttpUtil.isContentLengthSet(head)
                || request.method().equals(HttpMethod.HEAD)
                || status == 204
                || status == 304;
    }
}
