package io.registrycache.relay;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;

/** Lets the kernel end connections whose client is gone without a word. */
final class KeepAlive {

    /**
     * A client that acknowledges nothing for so long is gone, says the kernel; one that reads slowly acknowledges, even
     * when it takes minutes until its full receive window lets us write again.
     */
    private static final int UNACKNOWLEDGED_MILLIS = 180_000;

    private KeepAlive() {}

    static void enable(Channel channel) {
        channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
        channel.config().setOption(EpollChannelOption.TCP_KEEPIDLE, 30);
        channel.config().setOption(EpollChannelOption.TCP_KEEPINTVL, 10);
        channel.config().setOption(EpollChannelOption.TCP_KEEPCNT, 3);
        channel.config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MILLIS);
    }
}
