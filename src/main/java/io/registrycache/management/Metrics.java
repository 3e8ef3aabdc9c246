package io.registrycache.management;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.registrycache.process.Children;
import io.registrycache.process.UpstreamChild;
import io.registrycache.process.UpstreamCondition;
import io.registrycache.traffic.CacheOutcome;
import io.registrycache.traffic.Transfer;
import io.registrycache.traffic.TransferObserver;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Figures for Prometheus. Labels have few values, and none that a client chooses.
 *
 * <p>The library is loaded after the start, which must not wait for it; what ended before that is counted then.
 */
public final class Metrics implements TransferObserver {

    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMillis(25), Duration.ofMillis(100),
        Duration.ofMillis(500), Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofSeconds(60),
        Duration.ofSeconds(300)
    };

    private record Kind(String upstream, String operation, int status, CacheOutcome outcome) {}

    private record Meters(Counter requests, Counter bytes, Timer duration, Timer firstByte) {}

    private final CompletableFuture<PrometheusMeterRegistry> registry = new CompletableFuture<>();
    private final Map<Kind, Meters> meters = new ConcurrentHashMap<>();

    /**
     * Begins to count.
     *
     * @param inFlight how many transfers go on, by upstream
     * @param others bind what others count
     */
    public void open(Children children, Supplier<Map<String, Long>> inFlight, List<MeterBinder> others) {
        PrometheusMeterRegistry opened = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new JvmMemoryMetrics().bindTo(opened);
        bindGarbageCollection(opened);
        new JvmThreadMetrics().bindTo(opened);
        new ProcessorMetrics().bindTo(opened);
        new UptimeMetrics().bindTo(opened);
        others.forEach(other -> other.bindTo(opened));
        for (UpstreamChild upstream : children.all()) {
            String name = upstream.upstream().name();
            Gauge.builder(
                            "registry.cache.transfers.in.flight",
                            () -> inFlight.get().getOrDefault(name, 0L))
                    .description("Requests that are being answered")
                    .tag("upstream", name)
                    .register(opened);
            FunctionCounter.builder("registry.cache.child.restarts", upstream, UpstreamChild::restarts)
                    .description("How often the child that pulls through was launched again")
                    .tag("upstream", name)
                    .register(opened);
            for (String state : UpstreamCondition.NAMES) {
                Gauge.builder(
                                "registry.cache.child.state",
                                () -> state.equals(upstream.condition().name()) ? 1 : 0)
                        .description("1 for the state that the upstream is in")
                        .tag("upstream", name)
                        .tag("state", state)
                        .register(opened);
            }
        }
        registry.complete(opened);
    }

    @SuppressWarnings("resource") // It listens for as long as the program runs.
    private static void bindGarbageCollection(PrometheusMeterRegistry opened) {
        new JvmGcMetrics().bindTo(opened);
    }

    @Override
    public void began(Transfer transfer) {
        // What goes on is counted where it is kept.
    }

    @Override
    public void ended(Transfer transfer) {
        PrometheusMeterRegistry opened = registry.getNow(null);
        if (opened == null) {
            registry.thenAccept(later -> record(transfer, later));
        } else {
            record(transfer, opened);
        }
    }

    private void record(Transfer transfer, PrometheusMeterRegistry opened) {
        Kind kind = transfer.request()
                .map(request -> new Kind(
                        // A ping is nobody's.
                        request.repository().isEmpty() ? "" : request.upstream().name(),
                        request.operation().routeName(),
                        transfer.status(),
                        transfer.outcome()))
                .orElseGet(() -> new Kind("", "other", transfer.status(), transfer.outcome()));
        Meters found = meters.get(kind);
        if (found == null) {
            found = meters.computeIfAbsent(kind, unknown -> meters(unknown, opened));
        }
        found.requests().increment();
        found.bytes().increment((double) transfer.sent());
        found.duration().record(transfer.nanos(), TimeUnit.NANOSECONDS);
        if (transfer.nanosToFirstByte() >= 0) {
            found.firstByte().record(transfer.nanosToFirstByte(), TimeUnit.NANOSECONDS);
        }
    }

    private static Meters meters(Kind kind, PrometheusMeterRegistry opened) {
        String cache = kind.outcome().name().toLowerCase(Locale.ROOT);
        String[] ofAll = {"upstream", kind.upstream(), "operation", kind.operation()};
        return new Meters(
                Counter.builder("registry.cache.requests")
                        .description("Requests answered, by what the cache had; status 0 for none")
                        .tags(ofAll)
                        .tag("status", Integer.toString(kind.status()))
                        .tag("cache", cache)
                        .register(opened),
                Counter.builder("registry.cache.sent")
                        .description("Bytes of bodies sent to clients")
                        .baseUnit("bytes")
                        .tags("upstream", kind.upstream(), "cache", cache)
                        .register(opened),
                Timer.builder("registry.cache.request.duration")
                        .description("From the request to the last byte of the answer")
                        .serviceLevelObjectives(BUCKETS)
                        .tags(ofAll)
                        .register(opened),
                Timer.builder("registry.cache.first.byte")
                        .description("From the request to the head of the answer")
                        .serviceLevelObjectives(BUCKETS)
                        .tags(ofAll)
                        .register(opened));
    }

    /** Requests of one upstream that ended, by what the cache had. */
    long requests(String upstream, Predicate<CacheOutcome> which) {
        return meters.entrySet().stream()
                .filter(entry -> entry.getKey().upstream().equals(upstream)
                        && which.test(entry.getKey().outcome()))
                .mapToLong(entry -> (long) entry.getValue().requests().count())
                .sum();
    }

    /** Bytes sent to clients of one upstream, by requests that ended. */
    long bytes(String upstream) {
        return meters.entrySet().stream()
                .filter(entry -> entry.getKey().upstream().equals(upstream))
                .map(entry -> entry.getValue().bytes())
                // Requests of several kinds share one.
                .distinct()
                .mapToLong(bytes -> (long) bytes.count())
                .sum();
    }

    /** All figures, as Prometheus reads them. */
    public String scrape() {
        PrometheusMeterRegistry opened = registry.getNow(null);
        return opened == null ? "" : opened.scrape();
    }
}
