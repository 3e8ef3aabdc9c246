package io.registrycache.process;

import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.support.RoutePolicySupport;

/** Makes the life of an upstream's route the life of its child: stopping the route, over JMX say, ends the child. */
public final class UpstreamLife extends RoutePolicySupport {

    private final Children children;

    public UpstreamLife(Children children) {
        this.children = children;
    }

    /** The id of the route that keeps the child of an upstream running. */
    public static String processRouteId(String upstream) {
        return "registry-process-" + upstream;
    }

    @Override
    public void onStart(Route route) {
        children.get(route.getRouteId()).start();
        CamelContext context = route.getCamelContext();
        // While the whole program starts, the process route does so by itself.
        if (context.isStarted()) {
            steer(() -> context.getRouteController().startRoute(processRouteId(route.getRouteId())));
        }
    }

    @Override
    public void onStop(Route route) {
        children.get(route.getRouteId()).stop();
        CamelContext context = route.getCamelContext();
        if (context.isStarted()) {
            steer(() -> context.getRouteController().stopRoute(processRouteId(route.getRouteId())));
        }
    }

    private interface Steering {
        void run() throws Exception;
    }

    private static void steer(Steering steering) {
        try {
            steering.run();
        } catch (Exception e) {
            throw RuntimeCamelException.wrapRuntimeCamelException(e);
        }
    }
}
