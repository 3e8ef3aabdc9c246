package io.registrycache;

import io.registrycache.config.CacheConfig;
import io.registrycache.config.ConfigException;
import io.registrycache.config.JmxConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/**
 * An address to listen on, tried before anything starts: an error names the variables that set it.
 *
 * @param hostVariable that holds {@code host}
 * @param portVariable that holds {@code port}
 */
record ListenAddress(String hostVariable, String host, String portVariable, int port) {

    /** Refuses addresses that cannot be listened on, or not at the same time. */
    static void requireFree(CacheConfig config) {
        for (ListenAddress each : all(config)) {
            if (each.isInUse()) {
                throw new ConfigException(
                        each.portVariable, each.port + " is in use on " + each.host + "; give a port that is free");
            }
        }
    }

    /** Those that a configuration gives; refuses two on one port. */
    static List<ListenAddress> all(CacheConfig config) {
        List<ListenAddress> all = new ArrayList<>();
        all.add(new ListenAddress("CACHE_HOST", config.host(), "CACHE_PORT", config.port()));
        all.add(new ListenAddress(
                "MANAGEMENT_HOST", config.managementHost(), "MANAGEMENT_PORT", config.managementPort()));
        config.jmx()
                .map(JmxConfig::port)
                .ifPresent(port ->
                        all.add(new ListenAddress("MANAGEMENT_HOST", config.managementHost(), "JMX_PORT", port)));
        for (int i = 0; i < all.size(); i++) {
            for (ListenAddress other : all.subList(0, i)) {
                all.get(i).refuseSamePort(other);
            }
        }
        return all;
    }

    private void refuseSamePort(ListenAddress other) {
        if (port == other.port) {
            throw new ConfigException(portVariable, port + " is also " + other.portVariable + "; give another port");
        }
    }

    /** Whether another program listens there; refuses an address that cannot be listened on. */
    boolean isInUse() {
        InetAddress address = address();
        // Not a server's socket, which would accept connections for a moment.
        try (Socket socket = new Socket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(address, port));
            return false;
        } catch (IOException e) {
            String why = String.valueOf(e.getMessage());
            if (why.contains("in use")) {
                return true;
            }
            throw refusal(why);
        }
    }

    private InetAddress address() {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new ConfigException(
                    hostVariable, "\"" + host + "\" is not known; give an address, such as 0.0.0.0 for all of them");
        }
    }

    private ConfigException refusal(String why) {
        if (why.contains("ermission denied")) {
            return new ConfigException(portVariable, port + " is not allowed to this user; give one above 1023");
        }
        return new ConfigException(
                hostVariable,
                "\"" + host + "\" is not an address of this machine (" + why + "); give one that is, such as 0.0.0.0"
                        + " for all of them");
    }
}
