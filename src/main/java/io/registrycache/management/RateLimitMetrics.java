package io.registrycache.management;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.registrycache.upstream.RateLimit;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * How many more requests the upstreams allow; NaN for those that do not say it.
 *
 * @param byUpstream by name
 */
public record RateLimitMetrics(Map<String, RateLimit> byUpstream) implements MeterBinder {

    public RateLimitMetrics {
        byUpstream = Map.copyOf(byUpstream);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        byUpstream.forEach((upstream, limit) -> {
            gauge("limit", upstream, limit, RateLimit.Said::limit)
                    .description("Requests that the upstream allows in its window of time, as it says")
                    .register(registry);
            gauge("remaining", upstream, limit, RateLimit.Said::remaining)
                    .description("Requests that the upstream still allows, as it last said")
                    .register(registry);
        });
    }

    private static Gauge.Builder<RateLimit> gauge(
            String name, String upstream, RateLimit limit, ToLongFunction<RateLimit.Said> value) {
        return Gauge.builder(
                        "registry.cache.upstream.rate.limit." + name,
                        limit,
                        it -> it.said()
                                .map(value::applyAsLong)
                                .map(Double::valueOf)
                                .orElse(Double.NaN))
                .tag("upstream", upstream);
    }
}
