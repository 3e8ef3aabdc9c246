package io.registrycache.relay;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.registrycache.traffic.Transfer;

/** The body of an answer that is too large for memory. */
interface Body {

    /**
     * Writes all of it and the end of the answer, and closes it.
     *
     * @param transfer is told of each piece
     * @param done is told when the last is written, or can never be
     */
    void write(ChannelHandlerContext ctx, Transfer transfer, ChannelFutureListener done);

    /** Gives it up before it is written. */
    void close();
}
