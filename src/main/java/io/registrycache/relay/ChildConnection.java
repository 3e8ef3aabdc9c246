package io.registrycache.relay;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.registrycache.request.ChildRefusal;
import io.registrycache.request.ChildUnanswered;
import io.registrycache.request.RegistryError;
import io.registrycache.request.RegistryRequest;
import io.registrycache.request.TransferCut;
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
 * takes it, and ends the exchange when the last byte is written.
 *
 * <p>Everything here happens on the event loop of the child's channel, but for what says otherwise.
 */
final class ChildConnection extends ChannelDuplexHandler {

    /** After so long the child is given up; of clients, containerd does so after 30 s. */
    private static final Duration PATIENCE = Duration.ofSeconds(24);
    /** Minimum time granted to the child, even if earlier steps used up the budget. */
    private static final Duration LEAST = Duration.ofSeconds(2);
    /** Errors are short. */
    private static final int LARGEST_REFUSAL = 64 << 10;

    private final NettyCamelStateCorrelationManager exchanges;
    private @Nullable ChannelHandlerContext context;
    private State state = new Idle();
    /** Runs while a request waits for the head of its response. */
    private @Nullable Future<?> timer;

    private List<HttpObject> parts = new ArrayList<>();

    private sealed interface State {}

    /** In the pool. */
    private record Idle() implements State {}

    /** A request is sent, and nothing has come. */
    private record Waiting(ClientConnection client, NettyCamelState camel) implements State {}

    /** An answer comes that may hide what the upstream said, and is for the routes to judge. */
    private record Refused(ClientConnection client, NettyCamelState camel, int status, ByteBuf body) implements State {}

    /** The head of the response is on its way to the client, but not the end. */
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
            PullRequest pull = camel.getExchange().getVariable("pull", PullRequest.class);
            ClientConnection client = pull.client();
            Waiting waiting = new Waiting(client, camel);
            state = waiting;
            client.execute(() -> client.attach(this));
            promise.addListener(written -> {
                if (!written.isSuccess() && state == waiting) {
                    // Camel's producer says so, and the exchange may soon be on its way to another child.
                    stopTimer();
                    state = new Idle();
                }
            });
            // What the client waited for before counts.
            long patience = Math.max(PATIENCE.toNanos() - pull.transfer().nanos(), LEAST.toNanos());
            timer = ctx.executor().schedule(() -> giveUp(waiting), patience, TimeUnit.NANOSECONDS);
        }
        ctx.write(message, promise);
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void giveUp(Waiting waiting) {
        if (state == waiting) {
            fail(waiting.camel(), new ChildUnanswered("the child took too long"));
            requireNonNull(context).close();
        }
    }

    // From the child.

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof HttpObject part) || part.decoderResult().isFailure() || state instanceof Idle) {
            // Nobody asked, or it makes no sense.
            ReferenceCountUtil.release(message);
            ctx.close();
        } else if (part instanceof HttpResponse head && state instanceof Waiting waiting) {
            receivedHead(ctx, head, waiting);
        } else if (part instanceof HttpContent content && state instanceof Refused refused) {
            receivedRefusal(content, refused);
        } else {
            parts.add(part);
            if (part instanceof LastHttpContent && state instanceof Receiving receiving) {
                state = new Delivering(receiving.client(), receiving.camel());
            }
        }
    }

    private void receivedHead(ChannelHandlerContext ctx, HttpResponse head, Waiting waiting) {
        stopTimer();
        int status = head.status().code();
        if (status == 401 || status == 403 || status == 404 || status == 429 || status >= 500) {
            state = new Refused(
                    waiting.client(), waiting.camel(), status, ctx.alloc().buffer());
            return;
        }
        if (status == 416) {
            // Its Content-Length is the blob's, and its body is not.
            fail(waiting.camel(), RegistryError.rangeBeyondTheEnd().exception());
            ctx.close();
            return;
        }
        Exchange exchange = waiting.camel().getExchange();
        Headers.removeHopByHop(head.headers());
        Headers.restorePrefix(head.headers(), exchange.getVariable("request", RegistryRequest.class));
        AnswerHeaders.add(exchange, head.headers());
        // From here on the client's pace decides.
        ctx.channel().config().setAutoRead(false);
        parts.add(head);
        state = new Receiving(waiting.client(), waiting.camel());
    }

    private void receivedRefusal(HttpContent content, Refused refused) {
        ByteBuf body = refused.body();
        if (body.readableBytes() < LARGEST_REFUSAL) {
            body.writeBytes(content.content());
        }
        content.release();
        if (content instanceof LastHttpContent) {
            fail(refused.camel(), new ChildRefusal(refused.status(), ByteBufUtil.getBytes(body)));
            body.release();
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
            // The exchange ends well, if the client is still there; Camel's handler would let it fail.
            exchanges.removeState(ctx, ctx.channel());
            return;
        }
        if (state instanceof Receiving receiving) {
            receiving.client().execute(() -> receiving.client().cut(this));
            fail(receiving.camel(), new TransferCut());
        } else if (state instanceof Waiting waiting) {
            fail(waiting.camel(), new ChildUnanswered("the child went away"));
        } else if (state instanceof Refused refused) {
            refused.body().release();
            fail(refused.camel(), new ChildUnanswered("the child went away"));
        }
        ctx.fireChannelInactive();
    }

    /** The end of the connection tells what became of it; told twice, it would spoil the next attempt. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    private void fail(NettyCamelState camel, Exception failure) {
        stopTimer();
        state = new Idle();
        camel.getExchange().setException(failure);
        camel.callbackDoneOnce(false);
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
            if (state instanceof Waiting waiting && waiting.client() == client) {
                fail(waiting.camel(), new TransferCut());
                ctx.close();
            } else if (client() == client) {
                ctx.close();
                end();
            }
        });
    }

    private void end() {
        if (state instanceof Delivering delivering) {
            state = new Idle();
            requireNonNull(context).channel().config().setAutoRead(true);
            delivering.camel().getExchange().getMessage().setBody(AlreadySent.INSTANCE);
            delivering.camel().callbackDoneOnce(false);
        }
    }

    private @Nullable ClientConnection client() {
        if (state instanceof Receiving receiving) {
            return receiving.client();
        } else if (state instanceof Refused refused) {
            return refused.client();
        }
        return state instanceof Delivering delivering ? delivering.client() : null;
    }
}
