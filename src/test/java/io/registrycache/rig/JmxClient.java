package io.registrycache.rig;

import java.io.IOException;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

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

    public Object routeAttribute(String route, String attribute) throws JMException, IOException {
        return server.getAttribute(name(route), attribute);
    }

    /** Steers a route: {@code start}, {@code stop}, … */
    public void route(String route, String operation) throws JMException, IOException {
        server.invoke(name(route), operation, null, null);
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
