package io.registrycache;

import io.registrycache.config.CacheConfig;
import io.registrycache.config.ConfigException;
import io.registrycache.config.JmxConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/**
 * An address to listen on, tried before anything starts: what is wrong with it is said with the variables that set it.
 *
 * @param hostVariable that holds {@code host}
 * @param portVariable that holds {@code port}
 */
record ListenAddress(String hostVariable, String host, String portVariable, int port) {

    /** Refuses addresses that cannot be listened on, or not at the same time. */
    static void requireFree(CacheConfig config) {
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
            all.get(i).requireFree();
        }
    }

    private void refuseSamePort(ListenAddress other) {
        if (port == other.port) {
            throw new ConfigException(portVariable, port + " is also " + other.portVariable + "; give another port");
        }
    }

    private void requireFree() {
        InetAddress address = address();
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(address, port));
        } catch (IOException e) {
            throw refusal(String.valueOf(e.getMessage()));
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
        if (why.contains("in use")) {
            return new ConfigException(portVariable, port + " is in use on " + host + "; give a port that is free");
        }
        if (why.contains("ermission denied")) {
            return new ConfigException(portVariable, port + " is not allowed to this user; give one above 1023");
        }
        return new ConfigException(
                hostVariable,
                "\"" + host + "\" is not an address of this machine (" + why + "); give one that is, such as 0.0.0.0"
                        + " for all of them");
    }
}
