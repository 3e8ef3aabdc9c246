package io.registrycache.process;

import org.apache.camel.Route;
import org.apache.camel.support.RoutePolicySupport;

/** Makes the life of an upstream's route the life of its child: stopping the route, over JMX say, ends the child. */
public final class UpstreamLife extends RoutePolicySupport {

    private final Children children;

    public UpstreamLife(Children children) {
        this.children = children;
    }

    @Override
    public void onStart(Route route) {
        children.get(route.getRouteId()).start();
    }

    @Override
    public void onStop(Route route) {
        children.get(route.getRouteId()).stop();
    }

    @Override
    public void onSuspend(Route route) {
        children.get(route.getRouteId()).stop();
    }

    @Override
    public void onResume(Route route) {
        children.get(route.getRouteId()).start();
    }
}
