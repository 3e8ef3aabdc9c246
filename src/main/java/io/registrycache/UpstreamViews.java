package io.registrycache;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.registrycache.management.ChildMetrics;
import io.registrycache.management.Metrics;
import io.registrycache.management.PurgeUpstream;
import io.registrycache.management.RateLimitMetrics;
import io.registrycache.management.StorageMetrics;
import io.registrycache.management.UpstreamBean;
import io.registrycache.management.UpstreamHealth;
import io.registrycache.process.UpstreamChild;
import io.registrycache.status.Traffic;
import io.registrycache.storage.UpstreamStorage;
import io.registrycache.upstream.RateLimit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.management.JMException;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheckRegistry;

/** How each upstream is watched: its health check, its JMX bean and its figures. */
final class UpstreamViews {

    private record View(UpstreamChild child, UpstreamHealth health, UpstreamBean bean) {}

    private final HealthCheckRegistry healthChecks;
    private final Ways ways;
    private final Traffic traffic;
    private final Metrics metrics;
    private final Map<String, View> views = new HashMap<>();

    UpstreamViews(CamelContext context, Ways ways, Traffic traffic, Metrics metrics) {
        this.healthChecks = HealthCheckRegistry.get(context);
        this.ways = ways;
        this.traffic = traffic;
        this.metrics = metrics;
    }

    void add(UpstreamChild child) throws JMException {
        String name = child.upstream().name();
        UpstreamHealth health = new UpstreamHealth(child);
        healthChecks.register(health);
        Supplier<Optional<UpstreamStorage>> storage = () -> storage(name);
        UpstreamBean bean = new UpstreamBean(
                child,
                metrics,
                inFlight(name),
                new PurgeUpstream(child, storage, ways.memory()),
                storage,
                ways.eviction());
        bean.register();
        views.put(name, new View(child, health, bean));
        update(name);
    }

    /** Its figures are of the upstream's current parts. */
    void update(String name) {
        View view = views.get(name);
        RateLimit rateLimit = ways.rateLimits().get(name);
        if (view == null || rateLimit == null) {
            return;
        }
        List<MeterBinder> binders = new ArrayList<>();
        binders.add(new ChildMetrics(view.child(), inFlight(name)));
        binders.add(new RateLimitMetrics(name, rateLimit));
        storage(name).ifPresent(it -> binders.add(new StorageMetrics(it, ways.eviction())));
        metrics.follow(name, binders);
    }

    void remove(String name) throws JMException {
        View view = views.remove(name);
        if (view != null) {
            healthChecks.unregister(view.health());
            view.bean().unregister();
        }
        metrics.forget(name);
    }

    private Optional<UpstreamStorage> storage(String name) {
        return Optional.ofNullable(ways.storages().get(name));
    }

    private LongSupplier inFlight(String name) {
        return () -> traffic.inFlightByUpstream().getOrDefault(name, 0L);
    }
}
