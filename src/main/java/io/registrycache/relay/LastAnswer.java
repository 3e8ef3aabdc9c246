package io.registrycache.relay;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** An answer after which the connection ends. */
final class LastAnswer {

    /** How long a refused client may go on sending before it is cut off, which could cost it the answer. */
    private static final int LINGER_SECONDS = 2;

    private LastAnswer() {}

    static void write(
            ChannelHandlerContext ctx, HttpRequest request, FullHttpResponse response, Consumer<Boolean> written) {
        ChannelPromise promise = ctx.newPromise();
        promise.addListener(done -> {
            written.accept(done.isSuccess());
            if (ctx.channel() instanceof DuplexChannel channel) {
                channel.shutdownOutput();
            }
        });
        Framing.write(ctx, request, response, true, promise);
        ctx.flush();
        ctx.executor().schedule(() -> ctx.close(), LINGER_SECONDS, TimeUnit.SECONDS);
    }
}
