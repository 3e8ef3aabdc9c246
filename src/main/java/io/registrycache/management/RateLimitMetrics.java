package io.registrycache.management;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.registrycache.upstream.RateLimit;
import java.util.function.ToLongFunction;

/** How many more requests an upstream allows; NaN if it does not say it; and how many the cache has saved. */
public record RateLimitMetrics(String upstream, RateLimit limit) implements MeterBinder {

    @Override
    public void bindTo(MeterRegistry registry) {
        gauge("limit", RateLimit.Said::limit)
                .description("Requests that the upstream allows in its window of time, as it says")
                .register(registry);
        gauge("remaining", RateLimit.Said::remaining)
                .description("Requests that the upstream still allows, as it last said")
                .register(registry);
        FunctionCounter.builder(
                        "registry.cache.manifest.requests.sent",
                        limit,
                        it -> it.metered().sent())
                .description("Manifests got from the upstream, each of which counts against a rate limit")
                .tag("upstream", upstream)
                .register(registry);
        FunctionCounter.builder(
                        "registry.cache.manifest.requests.saved",
                        limit,
                        it -> it.metered().saved())
                .description("Manifests that clients got and for which the upstream was not asked")
                .tag("upstream", upstream)
                .register(registry);
    }

    private Gauge.Builder<RateLimit> gauge(String name, ToLongFunction<RateLimit.Said> value) {
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
