package io.registrycache.relay;

import io.netty.channel.ChannelHandler;
import io.registrycache.config.ManagementNames;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.component.netty.DefaultChannelHandlerFactory;

/**
 * The connections of the management port. They are few, so that the front keeps its file descriptors: when there are too
 * many, that one is closed which has asked for nothing for the longest time, as a probe of an orchestrator must get in.
 */
public final class ManagementConnections extends DefaultChannelHandlerFactory {

    static final int MOST = 128;

    private final ManagementNames names;
    /** Those that ask for nothing, the longest first. */
    private final Set<ManagementConnection> idle = new LinkedHashSet<>();

    private int open;

    public ManagementConnections(ManagementNames names) {
        this.names = names;
    }

    @Override
    public ChannelHandler newChannelHandler() {
        return new ManagementConnection(this);
    }

    ManagementNames names() {
        return names;
    }

    void opened(ManagementConnection connection) {
        makeRoom(connection).ifPresent(ManagementConnection::close);
    }

    private synchronized Optional<ManagementConnection> makeRoom(ManagementConnection added) {
        open++;
        idle.add(added);
        if (open <= MOST) {
            return Optional.empty();
        }
        ManagementConnection longest = idle.iterator().next();
        leave(longest);
        return Optional.of(longest);
    }

    synchronized void asks(ManagementConnection connection) {
        idle.remove(connection);
    }

    /** Its request is answered. */
    synchronized void answered(ManagementConnection connection) {
        if (connection.isCounted()) {
            idle.add(connection);
        }
    }

    synchronized void closed(ManagementConnection connection) {
        leave(connection);
    }

    private void leave(ManagementConnection connection) {
        if (connection.isCounted()) {
            connection.uncount();
            idle.remove(connection);
            open--;
        }
    }
}
