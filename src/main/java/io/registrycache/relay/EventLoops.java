package io.registrycache.relay;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;

/** The one group of threads that all connections share, on both sides. */
public final class EventLoops {

    private EventLoops() {}

    /** Whether Linux's epoll can be used, which is a native library. */
    public static boolean isNative() {
        return Epoll.isAvailable();
    }

    public static EventLoopGroup start() {
        int threads = Runtime.getRuntime().availableProcessors();
        DefaultThreadFactory names = new DefaultThreadFactory("event-loop", true);
        return isNative() ? new EpollEventLoopGroup(threads, names) : new NioEventLoopGroup(threads, names);
    }
}
