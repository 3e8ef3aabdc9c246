package io.registrycache.relay;

import static java.util.Objects.requireNonNull;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpClientCodec;
import org.apache.camel.component.netty.ClientInitializerFactory;
import org.apache.camel.component.netty.NettyProducer;
import org.apache.camel.component.netty.http.NettyHttpProducer;
import org.apache.camel.component.netty.http.handlers.HttpClientChannelHandler;
import org.jspecify.annotations.Nullable;

/** The pipeline of connections to children, whose content is relayed. */
public final class ChildPipeline extends ClientInitializerFactory {

    private static final int LONGEST_LINE = 8 << 10;
    private static final int LARGEST_HEAD = 64 << 10;
    /** Reads of this size cost about a third less CPU per byte than Netty's default of 64 KiB. */
    private static final int LARGEST_READ = 512 << 10;

    private final @Nullable NettyHttpProducer producer;

    /** The template from which Camel makes one for each producer. */
    public ChildPipeline() {
        this(null);
    }

    private ChildPipeline(@Nullable NettyHttpProducer producer) {
        this.producer = producer;
    }

    @Override
    public ClientInitializerFactory createPipelineFactory(NettyProducer newProducer) {
        return new ChildPipeline((NettyHttpProducer) newProducer);
    }

    @Override
    protected void initChannel(Channel channel) {
        NettyHttpProducer camel = requireNonNull(producer);
        channel.config()
                .setRecvByteBufAllocator(
                        new AdaptiveRecvByteBufAllocator(512, 16 << 10, LARGEST_READ).maxMessagesPerRead(1));
        channel.pipeline().addLast(new HttpClientCodec(LONGEST_LINE, LARGEST_HEAD, LARGEST_READ));
        channel.pipeline().addLast(new ChildConnection(camel.getCorrelationManager()));
        channel.pipeline().addLast("handler", new HttpClientChannelHandler(camel));
    }
}
