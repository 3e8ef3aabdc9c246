package io.registrycache.relay;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.ReferenceCountUtil;
import io.registrycache.config.ManagementNames;
import io.registrycache.request.RegistryError;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One connection to the management port: refuses requests that are not for it, and closes when idle. */
final class ManagementConnection extends ChannelDuplexHandler {

    private static final int IDLE_SECONDS = 30;

    private final ManagementConnections all;
    private @Nullable ChannelHandlerContext context;
    /** Requests that are in the routes. */
    private int asked;

    private boolean closing;
    /** Guarded by {@link #all}. */
    private boolean counted = true;

    ManagementConnection(ManagementConnections all) {
        this.all = all;
    }

    boolean isCounted() {
        return counted;
    }

    void uncount() {
        counted = false;
    }

    /** From any thread. */
    void close() {
        requireNonNull(context).close();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        KeepAlive.enable(ctx.channel());
        // Behind the decoder: half a request does not keep the connection open, and an answer does as long as it is
        // read.
        IdleStateHandler idle = new IdleStateHandler(true, 0, 0, IDLE_SECONDS, TimeUnit.SECONDS);
        ctx.pipeline().addBefore(ctx.name(), "idle", idle);
        all.opened(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (closing) {
            ReferenceCountUtil.release(message);
        } else if (message instanceof HttpRequest request) {
            FullHttpResponse refusal = refusal(request);
            if (refusal == null) {
                asked++;
                all.asks(this);
                ctx.fireChannelRead(message);
            } else {
                closing = true;
                LastAnswer.write(ctx, request, refusal, written -> {});
            }
        } else {
            ctx.fireChannelRead(message);
        }
    }

    private @Nullable FullHttpResponse refusal(HttpRequest request) {
        RegistryError broken = Refusal.of(request);
        if (broken != null) {
            return Refusal.response(broken);
        }
        List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1) {
            return Refusal.response(RegistryError.badRequest("the request has several Host headers"));
        }
        return hosts.isEmpty() || all.names().include(hosts.get(0)) ? null : misdirected(hosts.get(0));
    }

    /** RFC 9110, 15.5.20. */
    private static FullHttpResponse misdirected(String host) {
        String shown = host.substring(0, Math.min(host.length(), 100)).replaceAll("[^A-Za-z0-9._:-]", "?");
        String text = "The management port does not answer to \"" + shown + "\"; if that is a name of yours, add it to "
                + ManagementNames.VARIABLE + ".\n";
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.MISDIRECTED_REQUEST,
                Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
        response.headers().set("X-Content-Type-Options", "nosniff");
        response.headers().set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, text.length());
        return response;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse && asked > 0 && --asked == 0) {
            all.answered(this);
        }
        ctx.write(message, promise);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof IdleStateEvent) {
            if (asked == 0) {
                ctx.close();
            }
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        all.closed(this);
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
