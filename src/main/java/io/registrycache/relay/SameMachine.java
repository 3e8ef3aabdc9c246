package io.registrycache.relay;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connections between two programs of one machine, such as a Docker daemon and the cache beside it. */
final class SameMachine {

    private static final Logger LOG = LoggerFactory.getLogger(SameMachine.class);
    /** The one congestion control that every Linux has and lets every program choose. */
    private static final byte[] RENO = "reno".getBytes(StandardCharsets.US_ASCII);
    /** Numbers of netinet/in.h and netinet/tcp.h. */
    static final RawUnixChannelOption TCP_CONGESTION = new RawUnixChannelOption("TCP_CONGESTION", 6, 13, RENO.length);

    private SameMachine() {}

    /**
     * There is not a network between them that needs care. Where the system's congestion control is one that paces
     * (BBR), a timer for each few packets would take more of the CPU than the packets.
     */
    static void unpace(Channel channel) {
        if (channel instanceof EpollSocketChannel socket && isHere(socket)) {
            try {
                socket.config().setOption(TCP_CONGESTION, ByteBuffer.wrap(RENO));
            } catch (ChannelException e) {
                LOG.debug("a connection from this machine stays paced: {}", e.getMessage());
            }
        }
    }

    private static boolean isHere(EpollSocketChannel socket) {
        InetAddress client = socket.remoteAddress().getAddress();
        return client.isLoopbackAddress() || client.equals(socket.localAddress().getAddress());
    }
}
