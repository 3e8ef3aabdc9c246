package io.registrycache.management;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.registrycache.process.UpstreamChild;
import io.registrycache.process.UpstreamCondition;
import java.util.function.LongSupplier;

/**
 * How the child of an upstream is doing.
 *
 * @param inFlight how many transfers of the upstream go on
 */
public record ChildMetrics(UpstreamChild child, LongSupplier inFlight) implements MeterBinder {

    @Override
    public void bindTo(MeterRegistry registry) {
        String name = child.upstream().name();
        Gauge.builder("registry.cache.transfers.in.flight", inFlight::getAsLong)
                .description("Requests that are being answered")
                .tag("upstream", name)
                .register(registry);
        FunctionCounter.builder("registry.cache.child.restarts", child, UpstreamChild::restarts)
                .description("How often the child that pulls through was launched again")
                .tag("upstream", name)
                .register(registry);
        for (String state : UpstreamCondition.NAMES) {
            Gauge.builder(
                            "registry.cache.child.state",
                            () -> state.equals(child.condition().name()) ? 1 : 0)
                    .description("1 for the state that the upstream is in")
                    .tag("upstream", name)
                    .tag("state", state)
                    .register(registry);
        }
    }
}
