package io.registrycache.relay;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.registrycache.traffic.Transfer;
import io.registrycache.traffic.TransferObserver;
import java.util.List;
import org.apache.camel.component.netty.DefaultChannelHandlerFactory;

/** Puts a {@link ClientConnection} into the pipeline of each connection that the front door accepts. */
public final class ClientConnections extends DefaultChannelHandlerFactory {

    private final List<TransferObserver> observers;
    private final ChannelGroup open = new DefaultChannelGroup("clients", GlobalEventExecutor.INSTANCE);
    private volatile boolean draining;

    public ClientConnections(List<TransferObserver> observers) {
        this.observers = List.copyOf(observers);
    }

    @Override
    public ChannelHandler newChannelHandler() {
        return new ClientConnection(this);
    }

    /** From now on no request is let in; those that are in go on. */
    public void drain() {
        draining = true;
    }

    /** Closes all connections, also in the middle of an answer. */
    public void cut() {
        open.close();
    }

    void opened(Channel client) {
        open.add(client);
    }

    boolean isDraining() {
        return draining;
    }

    Transfer begin(HttpRequest asked, Channel client) {
        Transfer transfer = new Transfer(asked, client.remoteAddress());
        for (TransferObserver observer : observers) {
            observer.began(transfer);
        }
        return transfer;
    }

    void end(Transfer transfer, boolean whole) {
        transfer.ends(whole);
        for (TransferObserver observer : observers) {
            observer.ended(transfer);
        }
    }
}
