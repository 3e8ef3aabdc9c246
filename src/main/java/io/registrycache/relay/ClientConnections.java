package io.registrycache.relay;

import io.netty.channel.ChannelHandler;
import org.apache.camel.component.netty.DefaultChannelHandlerFactory;

/** Puts a {@link ClientConnection} into the pipeline of each connection that the front door accepts. */
public final class ClientConnections extends DefaultChannelHandlerFactory {

    private volatile boolean draining;

    @Override
    public ChannelHandler newChannelHandler() {
        return new ClientConnection(this);
    }

    /** From now on no request is let in; those that are in go on. */
    public void drain() {
        draining = true;
    }

    boolean isDraining() {
        return draining;
    }
}
