package io.registrycache.relay;

import static java.util.Objects.requireNonNull;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;
import io.registrycache.relay.ChildConnectionState.Action;
import io.registrycache.relay.ChildConnectionState.Request;
import io.registrycache.relay.ChildConnectionState.Step;
import io.registrycache.relay.ChildConnectionState.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.component.netty.NettyCamelState;
import org.apache.camel.component.netty.NettyCamelStateCorrelationManager;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a child: hands each response on to the client whose request it answers, as fast as that client
 * takes it, and ends the exchange when the last byte is written; {@link ChildConnectionState} decides.
 *
 * <p>Everything here happens on the event loop of the child's channel, unless a method says otherwise.
 */
final class ChildConnection extends ChannelDuplexHandler {

    /** After so long the child is given up; of clients, containerd does so after 30 s. */
    private static final Duration PATIENCE = Duration.ofSeconds(24);
    /** Minimum time granted to the child, even if earlier steps used up the budget. */
    private static final Duration LEAST = Duration.ofSeconds(2);

    private final NettyCamelStateCorrelationManager exchanges;
    private @Nullable ChannelHandlerContext context;
    private ChildConnectionState state = new ChildConnectionState.Idle();

    /** The bytes that came since the last ones were passed on to the client. */
    private List<HttpObject> parts = new ArrayList<>();

    ChildConnection(NettyCamelStateCorrelationManager exchanges) {
        this.exchanges = exchanges;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    private ChannelHandlerContext context() {
        return requireNonNull(context);
    }

    /** Takes the step and does what follows, but for the part that it is about. */
    private void become(Step step) {
        ChildConnectionState before = state;
        state = step.next();
        if (before instanceof Waiting waiting && state != before) {
            waiting.timer().cancel(false);
        }
        Request request = before.request();
        if (request != null && step.actions().contains(Action.CUT)) {
            request.client().execute(() -> request.client().cut(this));
        }
        if (request != null && step.failure() != null) {
            request.camel().getExchange().setException(step.failure());
            request.camel().callbackDoneOnce(false);
        }
        if (step.actions().contains(Action.CLOSE)) {
            context().close();
        }
        if (request != null && step.actions().contains(Action.COMPLETE)) {
            context().channel().config().setAutoRead(true);
            request.camel().getExchange().getMessage().setBody(AlreadySent.INSTANCE);
            request.camel().callbackDoneOnce(false);
        }
    }

    // From the producer.

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof HttpRequest) {
            sent(ctx, exchanges.getState(ctx, ctx.channel(), message), promise);
        }
        ctx.write(message, promise);
    }

    private void sent(ChannelHandlerContext ctx, NettyCamelState camel, ChannelPromise promise) {
        PullRequest pull = PullRequest.of(camel.getExchange());
        Request request = new Request(pull.client(), camel);
        // The earlier waiting time of the client counts.
        long patience = Math.max(PATIENCE.toNanos() - pull.transfer().nanos(), LEAST.toNanos());
        Future<?> timer = ctx.executor().schedule(() -> timedOut(request), patience, TimeUnit.NANOSECONDS);
        become(state.sent(request, timer));
        pull.client().execute(() -> pull.client().attach(this));
        promise.addListener(written -> {
            if (!written.isSuccess()) {
                // The exchange may soon be on its way to another child.
                become(state.unsent(request));
            }
        });
    }

    private void timedOut(Request request) {
        become(state.timedOut(request));
    }

    // From the child.

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpObject part && !part.decoderResult().isFailure()) {
            received(ctx, part);
        } else {
            ReferenceCountUtil.release(message);
            ctx.close();
        }
    }

    private void received(ChannelHandlerContext ctx, HttpObject part) {
        Step step = part instanceof HttpResponse head
                ? state.head(head.status().code())
                : state.content((HttpContent) part);
        become(step);
        if (!step.actions().contains(Action.RELAY)) {
            ReferenceCountUtil.release(part);
            return;
        }
        if (part instanceof HttpResponse head) {
            adapt(head, requireNonNull(state.request()).camel().getExchange());
            // From here on the client's pace decides.
            ctx.channel().config().setAutoRead(false);
        }
        parts.add(part);
    }

    private static void adapt(HttpResponse head, Exchange exchange) {
        Headers.removeHopByHop(head.headers());
        Headers.restorePrefix(head.headers(), PullRequest.of(exchange).request());
        AnswerHeaders.add(exchange, head.headers());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        passOn();
        ctx.fireChannelReadComplete();
    }

    private void passOn() {
        if (!parts.isEmpty()) {
            List<HttpObject> received = parts;
            parts = new ArrayList<>();
            ClientConnection client = requireNonNull(state.request()).client();
            client.execute(() -> client.relay(received, this));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        passOn();
        Step step = state.lost();
        become(step);
        if (step.actions().contains(Action.KEEP)) {
            exchanges.removeState(ctx, ctx.channel());
        } else {
            ctx.fireChannelInactive();
        }
    }

    /** The end of the connection reports the failure; a second report would spoil the next attempt. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    // From the client's event loop.

    /** Lets the child send some more. */
    void readMore() {
        context().channel().read();
    }

    /** The last of the response is written, or can never be. */
    void relayed() {
        context().executor().execute(() -> become(state.relayed()));
    }

    /** The client is gone: a child that goes on sending is of no use to the next. */
    void abandon(ClientConnection client) {
        context().executor().execute(() -> become(state.abandoned(client)));
    }
}
