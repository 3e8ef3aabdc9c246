package io.registrycache.relay;

import static java.util.Objects.requireNonNull;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.WriteBufferWaterMark;
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
import io.registrycache.relay.ClientState.Action;
import io.registrycache.relay.ClientState.Step;
import io.registrycache.request.RegistryError;
import io.registrycache.traffic.Transfer;
import io.registrycache.traffic.Transfer.Source;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection: lets one request at a time into the routes, in order, and writes the answer, be it a
 * response made in a route or the one that a {@link ChildConnection} relays; {@link ClientState} decides.
 *
 * <p>Everything here happens on the client's event loop.
 */
final class ClientConnection extends ChannelDuplexHandler {

    /** A client that asks for nothing for so long is gone. */
    private static final int IDLE_SECONDS = 30;

    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(512 << 10, 1 << 20);

    private final ClientConnections all;
    private final OpenTransfer transfer;
    private final PipelinedRequests waiting = new PipelinedRequests();
    private @Nullable ChannelHandlerContext context;
    private ClientState state = new ClientState.Idle();
    /** Whether the connection ends with the answer that is being written. */
    private boolean isLast;

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
        KeepAlive.enable(ctx.channel());
        ctx.pipeline().addBefore(ctx.name(), "idle", new IdleStateHandler(0, 0, IDLE_SECONDS, TimeUnit.SECONDS));
    }

    /** Runs something where everything of this connection happens. */
    void execute(Runnable task) {
        var executor = context().executor();
        if (executor.inEventLoop()) {
            task.run();
        } else {
            executor.execute(task);
        }
    }

    private ChannelHandlerContext context() {
        return requireNonNull(context);
    }

    /** Returns what to do. */
    private Action become(Step step) {
        state = step.next();
        return step.action();
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
        Action action = become(state.received(request));
        if (action == Action.ASK) {
            ask(ctx, request);
        } else if (action == Action.QUEUE) {
            waiting.add(request, ctx.channel());
        }
    }

    private void ask(ChannelHandlerContext ctx, HttpRequest request) {
        Transfer begun = transfer.begin(request, ctx.channel());
        RegistryError refusal = all.isDraining() ? RegistryError.stopping() : Refusal.of(request);
        if (refusal == null) {
            ctx.fireChannelRead(new PullRequest(request, this, begun));
        } else if (become(state.refused()) == Action.WRITE) {
            refuse(ctx, request, refusal);
        }
    }

    private void refuse(ChannelHandlerContext ctx, HttpRequest request, RegistryError refusal) {
        waiting.clear();
        FullHttpResponse response = Refusal.response(refusal);
        transfer.answers(Source.HERE, request, response);
        LastAnswer.write(ctx, request, response, transfer::ends);
    }

    private void askNext(ChannelHandlerContext ctx) {
        HttpRequest next = waiting.poll(ctx.channel());
        if (next != null && become(state.turn(next)) == Action.ASK) {
            ask(ctx, next);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        close(state.left());
        ctx.fireChannelInactive();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        readMore(ctx);
        ctx.fireChannelWritabilityChanged();
    }

    private void readMore(ChannelHandlerContext ctx) {
        ChildConnection source = state.source();
        if (source != null && ctx.channel().isWritable()) {
            source.readMore();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof IdleStateEvent) {
            close(state.unused());
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    /** Closes the connection if that is the action. */
    private void close(Step step) {
        ChildConnection child = state.child();
        if (become(step) == Action.CLOSE) {
            waiting.clear();
            transfer.ends(false);
            if (child != null) {
                child.abandon(this);
            }
            context().close();
        }
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
        HttpRequest request = response.asked();
        Step step = state.answers(request);
        if (step.action() == Action.WRITE) {
            become(step);
            promise.addListener(written -> written(ctx, written.isSuccess()));
            transfer.answers(Source.HERE, request, response);
            isLast = !HttpUtil.isKeepAlive(request);
            Framing.write(ctx, request, response, isLast, promise);
        } else {
            response.release();
            promise.setSuccess();
            close(step);
        }
    }

    // From a child.

    /** Tells which child works for the open request. */
    void attach(ChildConnection child) {
        if (become(state.attached(child)) == Action.DISCARD) {
            child.abandon(this);
        }
    }

    /**
     * Writes a part that a child sent, and lets it send more as soon as there is room.
     *
     * @param parts head and content in order; they are the callee's to release
     */
    void relay(List<HttpObject> parts, ChildConnection child) {
        if (become(state.fromChild(child)) == Action.DISCARD) {
            parts.forEach(ReferenceCountUtil::release);
            child.abandon(this);
            return;
        }
        ChannelHandlerContext ctx = context();
        parts.forEach(part -> relay(ctx, part, child));
        ctx.flush();
        readMore(ctx);
    }

    private void relay(ChannelHandlerContext ctx, HttpObject part, ChildConnection child) {
        if (part instanceof HttpResponse head) {
            HttpRequest request = requireNonNull(state.request());
            isLast = Framing.adapt(request, head);
            transfer.answers(Source.CHILD, request, head);
        } else if (part instanceof HttpContent content) {
            transfer.sends(content);
        }
        ChannelFuture sent = ctx.write(part);
        if (part instanceof LastHttpContent) {
            sent.addListener(written -> {
                child.relayed();
                written(ctx, written.isSuccess());
            });
        }
    }

    /** Closes the connection in mid-answer, so that the part is not taken for the whole. */
    void cut(ChildConnection child) {
        close(state.cut(child));
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
            Step step = state.answers(pull.asked());
            if (step.action() == Action.WRITE) {
                become(step);
                write(pull, source, head, body, done);
            } else {
                ReferenceCountUtil.release(head);
                if (body != null) {
                    body.close();
                }
                done.run();
                close(step);
            }
        });
    }

    private void write(PullRequest pull, Source source, HttpResponse head, @Nullable Body body, Runnable done) {
        ChannelHandlerContext ctx = context();
        isLast = Framing.adapt(pull.asked(), head);
        transfer.answers(source, pull.asked(), head);
        Framing.write(ctx, pull, head, body, written -> {
            done.run();
            written(ctx, written.isSuccess());
        });
        ctx.flush();
    }

    private void written(ChannelHandlerContext ctx, boolean isWhole) {
        Step step = state.written(isLast || !isWhole || all.isDraining(), !waiting.isEmpty());
        if (step.next() != state) {
            transfer.ends(isWhole);
        }
        if (step.action() == Action.ASK_NEXT) {
            become(step);
            // Not at once, for a client can have many waiting and the stack is finite.
            ctx.executor().execute(() -> askNext(ctx));
        } else {
            close(step);
        }
    }
}
