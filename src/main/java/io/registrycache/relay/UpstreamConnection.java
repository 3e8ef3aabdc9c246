package io.registrycache.relay;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import io.registrycache.config.Authority;
import io.registrycache.request.RegistryException;
import io.registrycache.upstream.Obstacle;
import io.registrycache.upstream.Origin;
import io.registrycache.upstream.UpstreamFailure;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection to an upstream: carries one request at a time and gives its response to the request's receiver.
 *
 * <p>Everything here happens on the channel's event loop, unless a method says otherwise.
 */
final class UpstreamConnection extends ChannelInboundHandlerAdapter {

    private final UpstreamConnections all;
    private final Origin origin;
    private final List<ByteBuf> body = new ArrayList<>();
    private @Nullable ChannelHandlerContext context;
    private State state = new Idle(false);

    private sealed interface State {}

    /**
     * Kept for the next request.
     *
     * @param isOld whether it has been for a while
     */
    private record Idle(boolean isOld) implements State {}

    /**
     * A request is sent, and nothing has come.
     *
     * @param reused whether the connection was used before, so that the upstream may be about to close it
     */
    private record Waiting(UpstreamCall call, boolean reused) implements State {}

    /** An interim response (1xx) is coming, before the one that counts. */
    private record Interim(UpstreamCall call) implements State {}

    private record Receiving(UpstreamCall call, boolean stays) implements State {}

    private record Closed() implements State {}

    UpstreamConnection(UpstreamConnections all, Origin origin) {
        this.all = all;
        this.origin = origin;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    /** Sends a request; from any thread. */
    void carry(UpstreamCall call, boolean reused) {
        ChannelHandlerContext ctx = requireNonNull(context);
        ctx.executor().execute(() -> {
            if (state instanceof Closed) {
                if (reused) {
                    all.beginFresh(call);
                } else {
                    call.failed(all.unreachable(call, Obstacle.OTHER, "the connection was closed"));
                }
                return;
            }
            state = new Waiting(call, reused);
            call.carriedBy(this);
            if (call.isCanceled()) {
                fail(ctx, new UpstreamFailure("was not waited for"));
                return;
            }
            ctx.writeAndFlush(request(call));
        });
    }

    private DefaultFullHttpRequest request(UpstreamCall call) {
        URI url = call.request().url();
        String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        String target = url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
        String host = Authority.of(url).hostAndPort();
        DefaultFullHttpRequest request = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                call.request().method(),
                all.isAbsolute(call) ? url.getScheme() + "://" + host + target : target);
        request.headers().set(HttpHeaderNames.HOST, host).add(call.request().headers());
        all.proxyAuthorization(call)
                .ifPresent(value -> request.headers().set(HttpHeaderNames.PROXY_AUTHORIZATION, value));
        return request;
    }

    /** Abandons a response; from any thread. */
    void abandon(UpstreamCall call) {
        ChannelHandlerContext ctx = requireNonNull(context);
        ctx.executor().execute(() -> {
            if (call() == call) {
                fail(ctx, new UpstreamFailure("was not waited for"));
            }
        });
    }

    /** Stops or continues reading; from any thread. */
    void read(boolean on) {
        requireNonNull(context).channel().config().setAutoRead(on);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof HttpObject part) || part.decoderResult().isFailure() || call() == null) {
            ReferenceCountUtil.release(message);
            fail(ctx, new UpstreamFailure("answers with something that is not HTTP, or with too large a head"));
        } else if (part instanceof HttpResponse head) {
            receivedHead(ctx, head);
        } else if (part instanceof HttpContent content) {
            receivedContent(ctx, content);
        }
    }

    private void receivedHead(ChannelHandlerContext ctx, HttpResponse head) {
        UpstreamCall call = requireNonNull(call());
        if (head.status().code() < 200) {
            state = new Interim(call);
            return;
        }
        state = new Receiving(call, HttpUtil.isKeepAlive(head));
        try {
            call.receiver().head(head);
        } catch (RegistryException | RuntimeException e) {
            fail(ctx, e);
        }
    }

    private void receivedContent(ChannelHandlerContext ctx, HttpContent content) {
        if (content.content().isReadable() && state instanceof Receiving) {
            body.add(content.content());
        } else {
            content.release();
        }
        if (content instanceof LastHttpContent) {
            if (state instanceof Interim interim) {
                state = new Waiting(interim.call(), false);
            } else {
                deliver(ctx);
                finish(ctx);
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        deliver(ctx);
        ctx.fireChannelReadComplete();
    }

    /** The bytes of one read go to the receiver at once: one write to a file for many records of TLS. */
    private void deliver(ChannelHandlerContext ctx) {
        if (body.isEmpty()) {
            return;
        }
        if (state instanceof Receiving receiving) {
            ByteBuffer[] parts = body.stream().map(ByteBuf::nioBuffer).toArray(ByteBuffer[]::new);
            try {
                receiving.call().receiver().body(parts);
            } catch (IOException | RegistryException | RuntimeException e) {
                fail(ctx, e);
            }
        }
        releaseBody();
    }

    private void releaseBody() {
        body.forEach(ByteBuf::release);
        body.clear();
    }

    private void finish(ChannelHandlerContext ctx) {
        if (state instanceof Receiving receiving) {
            if (receiving.stays()) {
                state = new Idle(false);
                ctx.channel().config().setAutoRead(true);
                all.keep(origin, this);
            } else {
                state = new Closed();
                ctx.close();
            }
            receiving.call().end();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof IdleStateEvent) {
            sentNothing(ctx);
        } else if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
            broken(ctx, handshake.cause());
        }
        ctx.fireUserEventTriggered(event);
    }

    private void sentNothing(ChannelHandlerContext ctx) {
        if (state instanceof Idle idle) {
            if (idle.isOld()) {
                fail(ctx, new UpstreamFailure("was not asked"));
            }
            state = state instanceof Closed ? state : new Idle(true);
        } else if (ctx.channel().config().isAutoRead()) {
            fail(ctx, new UpstreamFailure(Obstacle.SILENCE, Obstacle.SILENCE.words()));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        deliver(ctx);
        if (state instanceof Waiting waiting && waiting.reused()) {
            // The upstream closed it while the request was on its way.
            state = new Closed();
            all.beginFresh(waiting.call());
        } else {
            fail(ctx, new UpstreamFailure("broke off the connection"));
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (state instanceof Waiting waiting && waiting.reused()) {
            ctx.close();
        } else {
            broken(ctx, cause);
        }
    }

    private void broken(ChannelHandlerContext ctx, Throwable cause) {
        UpstreamCall call = call();
        if (call != null) {
            fail(ctx, all.unreachable(call, BrokenConnection.of(cause)));
        } else {
            close(ctx);
        }
    }

    private void fail(ChannelHandlerContext ctx, Exception why) {
        UpstreamCall call = call();
        close(ctx);
        if (call != null) {
            call.failed(why);
        }
    }

    private void close(ChannelHandlerContext ctx) {
        all.forget(origin, this);
        state = new Closed();
        releaseBody();
        ctx.close();
    }

    private @Nullable UpstreamCall call() {
        if (state instanceof Waiting waiting) {
            return waiting.call();
        } else if (state instanceof Interim interim) {
            return interim.call();
        }
        return state instanceof Receiving receiving ? receiving.call() : null;
    }
}
