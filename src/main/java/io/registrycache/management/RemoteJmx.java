package io.registrycache.management;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.rmi.registry.LocateRegistry;
import java.rmi.server.RMIServerSocketFactory;
import java.util.Map;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXConnectorServerFactory;
import javax.management.remote.JMXServiceURL;
import javax.management.remote.rmi.RMIConnectorServer;

/** JMX on one port of one address, which is all that a firewall or a port mapping must let through. */
public final class RemoteJmx {

    private RemoteJmx() {}

    /** Listens until the program ends. */
    public static void listen(String host, int port) throws IOException {
        // What clients are told to connect to; RMI would else tell them this machine's name.
        if (System.getProperty("java.rmi.server.hostname") == null) {
            System.setProperty("java.rmi.server.hostname", host.equals("0.0.0.0") ? "127.0.0.1" : host);
        }
        Binding binding = new Binding(host);
        LocateRegistry.createRegistry(port, null, binding);
        JMXServiceURL url = new JMXServiceURL(
                "service:jmx:rmi://" + host + ":" + port + "/jndi/rmi://" + host + ":" + port + "/jmxrmi");
        Map<String, Object> environment = Map.of(RMIConnectorServer.RMI_SERVER_SOCKET_FACTORY_ATTRIBUTE, binding);
        JMXConnectorServer server = JMXConnectorServerFactory.newJMXConnectorServer(
                url, environment, ManagementFactory.getPlatformMBeanServer());
        server.start();
    }

    /** Equal factories let the registry and the server share the port. */
    private record Binding(String host) implements RMIServerSocketFactory {

        @Override
        public ServerSocket createServerSocket(int port) throws IOException {
            return new ServerSocket(port, 50, InetAddress.getByName(host));
        }
    }
}
