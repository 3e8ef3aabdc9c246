package io.registrycache.relay;

import static java.util.Objects.requireNonNull;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.registrycache.request.RegistryRequest;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.component.netty.NettyCamelState;
import org.apache.camel.component.netty.NettyCamelStateCorrelationManager;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a child: hands each response on to the client whose request it answers, as fast as that client
 * takes it, and ends the exchange when the last byte is written.
 *
 * <p>Everything here happens on the event loop of the child's channel, but for what says otherwise.
 */
final class ChildConnection extends ChannelDuplexHandler {

    private final NettyCamelStateCorrelationManager exchanges;
    private @Nullable ChannelHandlerContext context;
    private State state = new Idle();
    private List<HttpObject> parts = new ArrayList<>();

    private sealed interface State {}

    /** In the pool. */
    private record Idle() implements State {}

    /** A request is sent; its response has not come, or not to its end. */
    private record Receiving(ClientConnection client, NettyCamelState camel) implements State {}

    /** The response has come to its end, and is on its way out to the client. */
    private record Delivering(ClientConnection client, NettyCamelState camel) implements State {}

    ChildConnection(NettyCamelStateCorrelationManager exchanges) {
        this.exchanges = exchanges;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    // From the producer.

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof HttpRequest) {
            NettyCamelState camel = exchanges.getState(ctx, ctx.channel(), message);
            ClientConnection client =
                    camel.getExchange().getVariable("pull", PullRequest.class).client();
            state = new Receiving(client, camel);
            client.execute(() -> client.attach(this));
        }
        ctx.write(message, promise);
    }

    // From the child.

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof HttpObject part) || !(state instanceof Receiving receiving)) {
            // Nobody asked.
            ReferenceCountUtil.release(message);
            ctx.close();
        } else if (part.decoderResult().isFailure()) {
            ReferenceCountUtil.release(part);
            ctx.close();
        } else {
            received(ctx, part, receiving);
        }
    }

    private void received(ChannelHandlerContext ctx, HttpObject part, Receiving receiving) {
        if (part instanceof HttpResponse head) {
            Exchange exchange = receiving.camel().getExchange();
            Headers.removeHopByHop(head.headers());
            Headers.restorePrefix(head.headers(), exchange.getVariable("request", RegistryRequest.class));
            // From here on the client's pace decides.
            ctx.channel().config().setAutoRead(false);
        }
        parts.add(part);
        if (part instanceof LastHttpContent) {
            state = new Delivering(receiving.client(), receiving.camel());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!parts.isEmpty()) {
            List<HttpObject> received = parts;
            parts = new ArrayList<>();
            ClientConnection client = requireNonNull(client());
            client.execute(() -> client.relay(received, this));
        }
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        parts.forEach(ReferenceCountUtil::release);
        parts = new ArrayList<>();
        if (state instanceof Delivering) {
            // The exchange ends well, if the client is still there.
            exchanges.removeState(ctx, ctx.channel());
            return;
        }
        if (state instanceof Receiving receiving) {
            receiving.client().execute(() -> receiving.client().cut(this));
        }
        state = new Idle();
        ctx.fireChannelInactive();
    }

    // From the client's event loop.

    /** Lets the child send some more. */
    void readMore() {
        requireNonNull(context).channel().read();
    }

    /** The last of the response is written, or can never be. */
    void relayed() {
        requireNonNull(context).executor().execute(this::end);
    }

    /** The client is gone: nobody wants the rest, and a child that goes on sending is no use to the next. */
    void abandon(ClientConnection client) {
        ChannelHandlerContext ctx = requireNonNull(context);
        ctx.executor().execute(() -> {
            if (client() == client) {
                ctx.close();
                end();
            }
        });
    }

    private void end() {
        if (state instanceof Delivering delivering) {
            state = new Idle();
            requireNonNull(context).channel().config().setAutoRead(true);
            delivering.camel().getExchange().getMessage().setBody(Relayed.INSTANCE);
            delivering.camel().callbackDoneOnce(false);
        }
    }

    private @Nullable ClientConnection client() {
        if (state instanceof Receiving receiving) {
            return receiving.client();
        }
        return state instanceof Delivering delivering ? delivering.client() : null;
    }
}
