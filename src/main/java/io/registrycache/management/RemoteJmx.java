package io.registrycache.management;

import io.registrycache.config.ConfigException;
import io.registrycache.config.JmxConfig;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.rmi.AlreadyBoundException;
import java.rmi.registry.LocateRegistry;
import java.rmi.registry.Registry;
import java.rmi.server.RMIServerSocketFactory;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.Map;
import javax.management.remote.JMXServiceURL;
import javax.management.remote.rmi.RMIConnectorServer;
import javax.management.remote.rmi.RMIJRMPServerImpl;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.rmi.ssl.SslRMIClientSocketFactory;

/** JMX on one port of one address, which is all that a firewall or a port mapping must let through. */
public final class RemoteJmx {

    /** Names the system property that says where RMI tells clients to connect to; by default this machine's name. */
    public static final String RMI_HOST = "java.rmi.server.hostname";

    private RemoteJmx() {}

    /** Listens until the program ends. */
    public static void listen(JmxConfig config) throws IOException {
        // Equal factories let the registry and the server share the port.
        Listener listener = new Listener(config.host(), sockets(config));
        SslRMIClientSocketFactory clients = config.keystore().isPresent() ? new SslRMIClientSocketFactory() : null;
        Registry registry = LocateRegistry.createRegistry(config.port(), clients, listener);

        Map<String, Object> environment = new HashMap<>();
        config.passwordFile().ifPresent(file -> environment.put("jmx.remote.x.password.file", file.toString()));
        config.accessFile().ifPresent(file -> environment.put("jmx.remote.x.access.file", file.toString()));
        // Nothing else that a client sends is made into an object before it has said who it is.
        environment.put(
                RMIConnectorServer.CREDENTIALS_FILTER_PATTERN,
                String[].class.getName() + ";" + String.class.getName() + ";!*");
        RMIJRMPServerImpl server = new RMIJRMPServerImpl(config.port(), clients, listener, environment);
        JMXServiceURL url = new JMXServiceURL("rmi", config.publicHost(), config.port());
        new RMIConnectorServer(url, environment, server, ManagementFactory.getPlatformMBeanServer()).start();
        try {
            // Not by its URL, which would make us a client of our own certificate.
            registry.bind("jmxrmi", server.toStub());
        } catch (AlreadyBoundException e) {
            throw new IOException(e);
        }
    }

    private static ServerSocketFactory sockets(JmxConfig config) {
        return config.keystore()
                .map(file -> tls(file, config.keystorePassword()))
                .orElseGet(ServerSocketFactory::getDefault);
    }

    private static ServerSocketFactory tls(Path keystore, String password) {
        try (InputStream file = Files.newInputStream(keystore)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(file, password.toCharArray());
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, password.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context.getServerSocketFactory();
        } catch (IOException | GeneralSecurityException e) {
            throw new ConfigException(
                    "JMX_KEYSTORE",
                    keystore + " cannot be opened (" + e.getClass().getSimpleName()
                            + "); give a PKCS 12 file, and its JMX_KEYSTORE_PASSWORD");
        }
    }

    private record Listener(String host, ServerSocketFactory sockets) implements RMIServerSocketFactory {

        @Override
        public ServerSocket createServerSocket(int port) throws IOException {
            return sockets.createServerSocket(port, 50, InetAddress.getByName(host));
        }
    }
}
