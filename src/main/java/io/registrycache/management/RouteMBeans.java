package io.registrycache.management;

import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.apache.camel.management.DefaultManagementObjectNameStrategy;
import org.apache.camel.management.mbean.ManagedCamelContext;
import org.apache.camel.management.mbean.ManagedCamelHealth;
import org.apache.camel.management.mbean.ManagedRoute;
import org.apache.camel.management.mbean.ManagedRouteGroup;
import org.jspecify.annotations.Nullable;

/**
 * Names the MBeans by which routes are watched and steered. Camel registers what has a name; its services, endpoints and
 * consumers get none, for nobody steers them and each start would pay for each.
 */
public final class RouteMBeans extends DefaultManagementObjectNameStrategy {

    @Override
    public @Nullable ObjectName getObjectName(Object managed) throws MalformedObjectNameException {
        return managed instanceof ManagedRoute
                        || managed instanceof ManagedRouteGroup
                        || managed instanceof ManagedCamelContext
                        || managed instanceof ManagedCamelHealth
                ? super.getObjectName(managed)
                : null;
    }
}
