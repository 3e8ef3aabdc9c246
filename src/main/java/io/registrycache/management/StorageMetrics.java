package io.registrycache.management;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.registrycache.storage.DiskUse;
import io.registrycache.storage.Eviction;
import io.registrycache.storage.Reason;
import io.registrycache.storage.UpstreamStorage;
import java.time.Instant;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** How much one upstream has stored in the file system, how much it may store, and how much was evicted. */
public final class StorageMetrics implements MeterBinder {

    private final UpstreamStorage storage;
    private final Eviction eviction;

    public StorageMetrics(UpstreamStorage storage, Eviction eviction) {
        this.storage = storage;
        this.eviction = eviction;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        bindStored(registry);
        for (Reason reason : Reason.values()) {
            bindEvicted(storage, reason, registry);
        }
        // The same for all upstreams; the first binds it.
        bindDisk(registry);
    }

    private void bindStored(MeterRegistry registry) {
        gauge("used", storage, UpstreamStorage::stored)
                .description("Bytes stored in the file system, measured now and then")
                .baseUnit("bytes")
                .register(registry);
        if (storage.retention().limit().isPresent()) {
            gauge("limit", storage, it -> eviction.limitOf(it).orElse(0L))
                    .description("Bytes that may be stored of an upstream that has a limit of its own")
                    .baseUnit("bytes")
                    .register(registry);
        }
        gauge("pinned", storage, UpstreamStorage::pinned)
                .description("Bytes that are pinned, and so never evicted")
                .baseUnit("bytes")
                .register(registry);
        gauge("oldest.use.timestamp", storage, StorageMetrics::oldestUse)
                .description("When the content was last used that was not used for the longest time; NaN for none")
                .baseUnit("seconds")
                .register(registry);
        FunctionCounter.builder("registry.cache.stored", storage, UpstreamStorage::storedSinceStart)
                .description("Bytes of layers that were stored")
                .baseUnit("bytes")
                .tag("upstream", storage.name())
                .register(registry);
    }

    private static Gauge.Builder<UpstreamStorage> gauge(
            String name, UpstreamStorage storage, ToDoubleFunction<UpstreamStorage> value) {
        return Gauge.builder("registry.cache.storage." + name, storage, value).tag("upstream", storage.name());
    }

    private static double oldestUse(UpstreamStorage storage) {
        return storage.oldestUse()
                .map(Instant::getEpochSecond)
                .map(Double::valueOf)
                .orElse(Double.NaN);
    }

    private static void bindEvicted(UpstreamStorage storage, Reason reason, MeterRegistry registry) {
        String[] tags = {"upstream", storage.name(), "reason", reason.name().toLowerCase(Locale.ROOT)};
        FunctionCounter.builder(
                        "registry.cache.evicted", storage, it -> it.evicted().bytes(reason))
                .description("Bytes that were removed")
                .baseUnit("bytes")
                .tags(tags)
                .register(registry);
        FunctionCounter.builder(
                        "registry.cache.evicted.images",
                        storage,
                        it -> it.evicted().images(reason))
                .description("Images of which nothing is left")
                .tags(tags)
                .register(registry);
    }

    private void bindDisk(MeterRegistry registry) {
        disk("limit.bytes", "Bytes that all upstreams may store together", DiskUse::limit, registry);
        disk("disk.free.bytes", "Free on the disks on which is stored", DiskUse::diskFree, registry);
        disk("disk.size.bytes", "The size of those disks", DiskUse::diskSize, registry);
        disk(
                "pinned.above.limit",
                "1 if more is pinned than a limit allows",
                it -> it.isOverPinned() ? 1 : 0,
                registry);
    }

    private void disk(String name, String text, ToDoubleFunction<DiskUse> value, MeterRegistry registry) {
        if (registry.find("registry.cache." + name).gauge() != null) {
            return;
        }
        Gauge.builder("registry.cache." + name, eviction, it -> value.applyAsDouble(it.use()))
                .description(text)
                .register(registry);
    }
}
