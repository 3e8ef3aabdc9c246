package io.registrycache.management;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.registrycache.traffic.CacheOutcome;
import io.registrycache.traffic.Transfer;
import io.registrycache.traffic.TransferObserver;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Figures for Prometheus. Labels have few values, and none that a client chooses.
 *
 * <p>The library is loaded after the start, which must not wait for it; requests that ended before that are counted
 * then.
 */
public final class Metrics implements TransferObserver {

    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMillis(25), Duration.ofMillis(100),
        Duration.ofMillis(500), Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofSeconds(60),
        Duration.ofSeconds(300)
    };

    private record Kind(String upstream, String operation, int status, CacheOutcome outcome) {}

    private record Meters(Counter requests, Counter bytes, Timer duration, Timer firstByte) {

        Stream<Meter> all() {
            return Stream.of(requests, bytes, duration, firstByte);
        }
    }

    private final CompletableFuture<PrometheusMeterRegistry> registry = new CompletableFuture<>();
    private final Map<Kind, Meters> meters = new ConcurrentHashMap<>();
    /** Further figures, by upstream. */
    private final Map<String, List<MeterBinder>> followed = new HashMap<>();

    /** Begins to count. */
    public synchronized void open() {
        PrometheusMeterRegistry opened = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new JvmMemoryMetrics().bindTo(opened);
        bindGarbageCollection(opened);
        new JvmThreadMetrics().bindTo(opened);
        new ProcessorMetrics().bindTo(opened);
        new UptimeMetrics().bindTo(opened);
        followed.values().forEach(each -> each.forEach(binder -> binder.bindTo(opened)));
        registry.complete(opened);
    }

    /** Shows the meters that these bind of an upstream, in place of those that were shown of it before. */
    public synchronized void follow(String upstream, List<MeterBinder> binders) {
        PrometheusMeterRegistry opened = registry.getNow(null);
        followed.put(upstream, List.copyOf(binders));
        if (opened != null) {
            Set<Meter> counted = meters.values().stream().flatMap(Meters::all).collect(Collectors.toSet());
            remove(upstream, opened, meter -> !counted.contains(meter));
            binders.forEach(binder -> binder.bindTo(opened));
        }
    }

    /** Shows nothing of an upstream any more. */
    public synchronized void forget(String upstream) {
        followed.remove(upstream);
        PrometheusMeterRegistry opened = registry.getNow(null);
        if (opened != null) {
            meters.keySet().removeIf(kind -> kind.upstream().equals(upstream));
            remove(upstream, opened, meter -> true);
        }
    }

    private static void remove(String upstream, PrometheusMeterRegistry from, Predicate<Meter> which) {
        from.getMeters().stream()
                .filter(meter -> upstream.equals(meter.getId().getTag("upstream")) && which.test(meter))
                .forEach(from::remove);
    }

    /** Read when metrics are requested: a listener of each collection costs 2 % of the CPU time of warm pulls. */
    private static void bindGarbageCollection(PrometheusMeterRegistry opened) {
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            FunctionTimer.builder(
                            "jvm.gc.pause",
                            collector,
                            GarbageCollectorMXBean::getCollectionCount,
                            GarbageCollectorMXBean::getCollectionTime,
                            TimeUnit.MILLISECONDS)
                    .description("Time spent in garbage collections")
                    .tag("gc", collector.getName())
                    .register(opened);
        }
    }

    @Override
    public void began(Transfer transfer) {
        // Transfers in flight are counted by the class that keeps them.
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
                        // A ping belongs to none of the upstreams.
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
                        .description("Requests answered, by the outcome in the cache; status 0 for none")
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

    /** Requests of one upstream that ended, by the outcome in the cache. */
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
