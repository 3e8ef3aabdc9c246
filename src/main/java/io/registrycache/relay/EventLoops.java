package io.registrycache.relay;

import io.netty.channel.Channel;
import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultEventExecutorChooserFactory;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.EventExecutorChooserFactory.EventExecutorChooser;
import io.netty.util.concurrent.ThreadPerTaskExecutor;
import java.nio.channels.spi.SelectorProvider;

/** The threads that all connections share, on both sides. */
public final class EventLoops {

    private EventLoops() {}

    /** Whether Linux's epoll can be used, which is a native library. */
    public static boolean isNative() {
        return Epoll.isAvailable();
    }

    /** One that accepts connections, for the others to serve. */
    public static EventLoopGroup acceptor() {
        DefaultThreadFactory names = new DefaultThreadFactory("acceptor", true);
        return isNative() ? new EpollEventLoopGroup(1, names) : new NioEventLoopGroup(1, names);
    }

    /** Those that serve clients. */
    public static EventLoopGroup start() {
        return start("event-loop");
    }

    /** Those that download, and write to files, which may have to wait for a disk. */
    public static EventLoopGroup upstream() {
        return start("upstream");
    }

    static Class<? extends Channel> socketChannel() {
        return isNative() ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    private static EventLoopGroup start(String name) {
        int threads = Runtime.getRuntime().availableProcessors();
        ThreadPerTaskExecutor names = new ThreadPerTaskExecutor(new DefaultThreadFactory(name, true));
        return isNative()
                ? new EpollEventLoopGroup(threads, names, EventLoops::ownFirst, DefaultSelectStrategyFactory.INSTANCE)
                : new NioEventLoopGroup(
                        threads,
                        names,
                        EventLoops::ownFirst,
                        SelectorProvider.provider(),
                        DefaultSelectStrategyFactory.INSTANCE);
    }

    /**
     * A connection that one of them opens is its own, so that a request and its answer need not change threads on their
     * way to a child and back; others go round.
     */
    private static EventExecutorChooser ownFirst(EventExecutor[] all) {
        EventExecutorChooser inTurn = DefaultEventExecutorChooserFactory.INSTANCE.newChooser(all);
        return () -> {
            for (EventExecutor each : all) {
                if (each.inEventLoop()) {
                    return each;
                }
            }
            return inTurn.next();
        };
    }
}
