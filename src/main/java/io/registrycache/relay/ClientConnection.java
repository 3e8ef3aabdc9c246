package io.registrycache.relay;

import static java.util.Objects.requireNonNull;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.ReferenceCountUtil;
import io.registrycache.relay.ClientState.Answered;
import io.registrycache.relay.ClientState.Asking;
import io.registrycache.relay.ClientState.Closing;
import io.registrycache.relay.ClientState.Idle;
import io.registrycache.relay.ClientState.Relaying;
import io.registrycache.request.RegistryError;
import io.registrycache.traffic.Transfer;
import io.registrycache.traffic.Transfer.Source;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection: lets one request at a time into the routes, in order, and writes what comes back, be it a
 * response made in a route or what a {@link ChildConnection} relays.
 *
 * <p>Everything here happens on the client's event loop.
 */
final class ClientConnection extends ChannelDuplexHandler {

    /** A client that asks for nothing for so long is gone. */
    private static final int IDLE_SECONDS = 30;
    /**
     * A client that acknowledges nothing for so long is gone, says the kernel; one that reads slowly acknowledges, even
     * when it takes minutes until its full receive window lets us write again.
     */
    private static final int UNACKNOWLEDGED_MILLIS = 180_000;

    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(512 << 10, 1 << 20);

    private final ClientConnections all;
    private final OpenTransfer transfer;
    private final PipelinedRequests waiting = new PipelinedRequests();
    private @Nullable ChannelHandlerContext context;
    private ClientState state = new Idle();

    ClientConnection(ClientConnections all) {
        this.all = all;
        this.transfer = new OpenTransfer(all);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        all.opened(ctx.channel());
        ctx.channel().config().setWriteBufferWaterMark(WATER_MARK);
        SameMachine.unpace(ctx.channel());
        detectDeath(ctx.channel());
        ctx.pipeline().addBefore(ctx.name(), "idle", new IdleStateHandler(0, 0, IDLE_SECONDS, TimeUnit.SECONDS));
    }

    static void detectDeath(Channel channel) {
        channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
        channel.config().setOption(EpollChannelOption.TCP_KEEPIDLE, 30);
        channel.config().setOption(EpollChannelOption.TCP_KEEPINTVL, 10);
        channel.config().setOption(EpollChannelOption.TCP_KEEPCNT, 3);
        channel.config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MILLIS);
    }

    /** Runs something where everything of this connection happens. */
    void execute(Runnable task) {
        var executor = requireNonNull(context).executor();
        if (executor.inEventLoop()) {
            task.run();
        } else {
            executor.execute(task);
        }
    }

    // From the client.

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest request) {
            received(ctx, request);
        } else {
            // A body: its request was refused for having one.
            ReferenceCountUtil.release(message);
        }
    }

    private void received(ChannelHandlerContext ctx, HttpRequest request) {
        if (state instanceof Idle) {
            ask(ctx, request);
        } else if (!(state instanceof Closing)) {
            waiting.add(request, ctx.channel());
        }
    }

    private void ask(ChannelHandlerContext ctx, HttpRequest request) {
        Transfer begun = transfer.begin(request, ctx.channel());
        RegistryError refusal = all.isDraining() ? RegistryError.stopping() : Refusal.of(request);
        if (refusal == null) {
            state = new Asking(request, null);
            ctx.fireChannelRead(new PullRequest(request, this, begun));
        } else {
            refuse(ctx, request, refusal);
        }
    }

    private void refuse(ChannelHandlerContext ctx, HttpRequest request, RegistryError refusal) {
        state = new Closing();
        waiting.clear();
        FullHttpResponse response = Refusal.response(refusal);
        transfer.answers(Source.HERE, request, response);
        LastAnswer.write(ctx, request, response, transfer::ends);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        leave();
        ctx.fireChannelInactive();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable() && state instanceof Relaying relaying) {
            relaying.child().readMore();
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof IdleStateEvent) {
            if (state instanceof Idle) {
                ctx.close();
            }
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    // From the routes.

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof AlreadySent) {
            promise.setSuccess();
        } else if (message instanceof PullResponse response) {
            respond(ctx, response, promise);
        } else {
            ctx.write(message, promise);
        }
    }

    private void respond(ChannelHandlerContext ctx, PullResponse response, ChannelPromise promise) {
        if (state instanceof Asking asking && response.answers(asking.request())) {
            state = new Answered(asking.request());
            promise.addListener(written -> answered(ctx, written.isSuccess()));
            transfer.answers(Source.HERE, asking.request(), response);
            Framing.write(ctx, asking.request(), response, promise);
        } else {
            // Too late: an answer has begun, and must not look whole; or nobody listens.
            response.release();
            promise.setSuccess();
            if (state instanceof Relaying relaying && response.answers(relaying.request())) {
                close(ctx);
            }
        }
    }

    // From a child.

    /** Tells which child works for the open request. */
    void attach(ChildConnection child) {
        if (state instanceof Asking asking) {
            state = new Asking(asking.request(), child);
        } else {
            child.abandon(this);
        }
    }

    /**
     * Writes what a child sent, and lets it send more as soon as there is room.
     *
     * @param parts head and content in order; they are the callee's to release
     */
    void relay(List<HttpObject> parts, ChildConnection child) {
        ChannelHandlerContext ctx = requireNonNull(context);
        if (state.child() != child) {
            parts.forEach(ReferenceCountUtil::release);
            child.abandon(this);
            return;
        }
        for (HttpObject part : parts) {
            if (part instanceof HttpResponse head && state instanceof Asking asking) {
                state = new Relaying(asking.request(), child);
                Framing.adapt(asking.request(), head);
                transfer.answers(Source.CHILD, asking.request(), head);
            } else if (part instanceof HttpContent content) {
                transfer.sends(content);
            }
            if (part instanceof LastHttpContent) {
                ctx.write(part).addListener(written -> {
                    child.relayed();
                    answered(ctx, written.isSuccess());
                });
            } else {
                ctx.write(part);
            }
        }
        ctx.flush();
        if (ctx.channel().isWritable()) {
            child.readMore();
        }
    }

    /** Closes the connection in mid-answer, so that nobody takes what has come for the whole. */
    void cut(ChildConnection child) {
        if (state instanceof Relaying relaying && relaying.child() == child) {
            close(requireNonNull(context));
        }
    }

    // From storage, or from a fetch.

    /**
     * Writes an answer.
     *
     * @param head with its content, or without if there is none or it is a body by itself
     * @param body the callee's to close
     * @param done runs when all is written, or can never be
     */
    void send(PullRequest pull, Source source, HttpResponse head, @Nullable Body body, Runnable done) {
        execute(() -> {
            ChannelHandlerContext ctx = requireNonNull(context);
            HttpRequest request = pull.asked();
            if (!(state instanceof Asking asking) || asking.request() != request) {
                ReferenceCountUtil.release(head);
                if (body != null) {
                    body.close();
                }
                done.run();
                return;
            }
            state = new Answered(request);
            Framing.adapt(request, head);
            transfer.answers(source, request, head);
            ChannelFutureListener last = written -> {
                done.run();
                answered(ctx, written.isSuccess());
            };
            ChannelFuture first = ctx.write(head);
            if (body != null) {
                body.write(ctx, pull.transfer(), last);
            } else if (head instanceof FullHttpResponse) {
                first.addListener(last);
            } else {
                ctx.write(LastHttpContent.EMPTY_LAST_CONTENT).addListener(last);
            }
            ctx.flush();
        });
    }

    private void answered(ChannelHandlerContext ctx, boolean whole) {
        transfer.ends(whole);
        HttpRequest request = state.request();
        if (request == null || !HttpUtil.isKeepAlive(request) || all.isDraining()) {
            close(ctx);
            return;
        }
        state = new Idle();
        if (!waiting.isEmpty()) {
            // Not at once, for a client can have many waiting and the stack is finite.
            ctx.executor().execute(() -> askNext(ctx));
        }
    }

    private void askNext(ChannelHandlerContext ctx) {
        HttpRequest next = state instanceof Idle ? waiting.poll(ctx.channel()) : null;
        if (next != null) {
            ask(ctx, next);
        }
    }

    private void close(ChannelHandlerContext ctx) {
        leave();
        ctx.close();
    }

    private void leave() {
        ChildConnection child = state.child();
        state = new Closing();
        waiting.clear();
        transfer.ends(false);
        if (child != null) {
            child.abandon(this);
        }
    }
}
