package io.registrycache.relay;

import static java.util.Objects.requireNonNull;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.util.concurrent.TimeUnit;
import org.apache.camel.component.netty.ClientInitializerFactory;
import org.apache.camel.component.netty.NettyProducer;
import org.apache.camel.component.netty.http.NettyHttpProducer;
import org.apache.camel.component.netty.http.handlers.HttpClientChannelHandler;
import org.jspecify.annotations.Nullable;

/** The pipeline of connections to children: for content that is relayed, or for lists, which become Camel bodies. */
public final class ChildPipeline extends ClientInitializerFactory {

    private static final int LONGEST_LINE = 8 << 10;
    private static final int LARGEST_HEAD = 64 << 10;
    /** Reads of this size cost about a third less CPU per byte than Netty's default of 64 KiB. */
    private static final int LARGEST_READ = 512 << 10;
    /** A repository with a hundred thousand tags. */
    private static final int LARGEST_LIST = 16 << 20;

    /** What becomes of a response. */
    public enum Use {
        RELAY,
        LIST
    }

    private final Use use;
    private final @Nullable NettyHttpProducer producer;

    /** The template from which Camel makes one for each producer. */
    public ChildPipeline(Use use) {
        this(use, null);
    }

    private ChildPipeline(Use use, @Nullable NettyHttpProducer producer) {
        this.use = use;
        this.producer = producer;
    }

    @Override
    public ClientInitializerFactory createPipelineFactory(NettyProducer newProducer) {
        return new ChildPipeline(use, (NettyHttpProducer) newProducer);
    }

    @Override
    protected void initChannel(Channel channel) {
        NettyHttpProducer camel = requireNonNull(producer);
        channel.config()
                .setRecvByteBufAllocator(
                        new AdaptiveRecvByteBufAllocator(512, 16 << 10, LARGEST_READ).maxMessagesPerRead(1));
        channel.pipeline().addLast(new HttpClientCodec(LONGEST_LINE, LARGEST_HEAD, LARGEST_READ));
        if (use == Use.RELAY) {
            channel.pipeline().addLast(new ChildConnection(camel.getCorrelationManager()));
        } else {
            channel.pipeline().addLast(new HttpObjectAggregator(LARGEST_LIST));
            long patience = camel.getConfiguration().getRequestTimeout();
            channel.pipeline().addLast("timeout", new ReadTimeoutHandler(patience, TimeUnit.MILLISECONDS));
        }
        channel.pipeline().addLast("handler", new HttpClientChannelHandler(camel));
    }
}
