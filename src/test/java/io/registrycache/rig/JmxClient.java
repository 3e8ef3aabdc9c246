package io.registrycache.rig;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import javax.rmi.ssl.SslRMIClientSocketFactory;

/** A JMX client of the cache, on its one remote port. */
public final class JmxClient implements AutoCloseable {

    private final JMXConnector connector;
    private final MBeanServerConnection server;

    private JmxClient(JMXConnector connector) throws IOException {
        this.connector = connector;
        this.server = connector.getMBeanServerConnection();
    }

    @SuppressWarnings("BanJNDI") // Of a server that the test started itself
    public static JmxClient connect(int port) throws IOException {
        JMXServiceURL url = new JMXServiceURL("service:jmx:rmi:///jndi/rmi://127.0.0.1:" + port + "/jmxrmi");
        return new JmxClient(JMXConnectorFactory.connect(url));
    }

    /** The same, as a user with a password. */
    @SuppressWarnings("BanJNDI")
    public static JmxClient connect(int port, String user, String password) throws IOException {
        JMXServiceURL url = new JMXServiceURL("service:jmx:rmi:///jndi/rmi://127.0.0.1:" + port + "/jmxrmi");
        Map<String, Object> environment = Map.of(JMXConnector.CREDENTIALS, new String[] {user, password});
        return new JmxClient(JMXConnectorFactory.connect(url, environment));
    }

    /** Prints the state of ghcr.io, as seen through TLS at the port that is given. */
    @SuppressWarnings("BanJNDI")
    public static void main(String[] args) throws Exception {
        JMXServiceURL url = new JMXServiceURL("service:jmx:rmi:///jndi/rmi://127.0.0.1:" + args[0] + "/jmxrmi");
        Map<String, Object> environment = Map.of("com.sun.jndi.rmi.factory.socket", new SslRMIClientSocketFactory());
        try (JmxClient jmx = new JmxClient(JMXConnectorFactory.connect(url, environment))) {
            for (int i = 0;
                    i < 100 && !jmx.upstreamAttribute("ghcr.io", "State").equals("Serving");
                    i++) {
                Thread.sleep(100);
            }
            System.out.println(jmx.upstreamAttribute("ghcr.io", "State"));
        }
    }

    /** Of an upstream's own bean. */
    public Object upstreamAttribute(String upstream, String attribute) throws JMException, IOException {
        return server.getAttribute(
                new ObjectName("io.registrycache:type=upstream,name=" + ObjectName.quote(upstream)), attribute);
    }

    /** Removes cached content, and returns the bytes that were freed. */
    public Object purge(String upstream, String reference) throws JMException, IOException {
        return server.invoke(
                new ObjectName("io.registrycache:type=upstream,name=" + ObjectName.quote(upstream)),
                "purge",
                new Object[] {reference},
                new String[] {String.class.getName()});
    }

    public Object routeAttribute(String route, String attribute) throws JMException, IOException {
        return server.getAttribute(name(route), attribute);
    }

    /** The kinds of beans that Camel shows. */
    public Set<String> kindsOfCamel() throws JMException, IOException {
        return server.queryNames(new ObjectName("org.apache.camel:*"), null).stream()
                .map(name -> name.getKeyProperty("type"))
                .collect(Collectors.toSet());
    }

    /** Steers a route: {@code start}, {@code stop}, … */
    public void route(String route, String operation) throws JMException, IOException {
        server.invoke(name(route), operation, null, null);
    }

    /** Stops a route, and waits no longer than that for its exchanges. */
    public void stopWithin(String route, long seconds) throws JMException, IOException {
        server.invoke(name(route), "stop", new Object[] {seconds}, new String[] {long.class.getName()});
    }

    private static ObjectName name(String route) throws JMException {
        return new ObjectName(
                "org.apache.camel:context=docker-registry-cache,type=routes,name=" + ObjectName.quote(route));
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
