package io.registrycache.management;

import static java.util.Objects.requireNonNull;

import java.util.Objects;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.api.management.ManagedCamelContext;
import org.apache.camel.api.management.mbean.ManagedCamelContextMBean;
import org.apache.camel.api.management.mbean.ManagedCamelHealthMBean;
import org.apache.camel.api.management.mbean.ManagedRouteGroupMBean;
import org.apache.camel.api.management.mbean.ManagedRouteMBean;
import org.apache.camel.management.DefaultManagementObjectNameStrategy;
import org.jspecify.annotations.Nullable;

/**
 * The MBeans by which routes are watched and steered. Camel registers objects that have a name; its services, endpoints
 * and consumers get none, as they are not controlled over JMX and each would slow the start.
 */
public final class RouteMBeans extends DefaultManagementObjectNameStrategy {

    @Override
    public @Nullable ObjectName getObjectName(Object managed) throws MalformedObjectNameException {
        return managed instanceof ManagedRouteMBean
                        || managed instanceof ManagedRouteGroupMBean
                        || managed instanceof ManagedCamelContextMBean
                        || managed instanceof ManagedCamelHealthMBean
                ? super.getObjectName(managed)
                : null;
    }

    /**
     * Each route counts; its group and the context would count the same again. The attribute StatisticsEnabled of
     * theirs makes them.
     */
    public static void countOnce(CamelContext context) {
        ManagedCamelContext managed =
                requireNonNull(context.getCamelContextExtension().getContextPlugin(ManagedCamelContext.class));
        managed.getManagedCamelContext().setStatisticsEnabled(false);
        context.getRoutes().stream()
                .map(Route::getGroup)
                .filter(Objects::nonNull)
                .distinct()
                .map(managed::getManagedRouteGroup)
                .filter(Objects::nonNull)
                .forEach(group -> group.setStatisticsEnabled(false));
    }
}
