package io.registrycache.management;

import io.registrycache.process.ChildState;
import io.registrycache.process.UpstreamChild;
import io.registrycache.storage.Eviction;
import io.registrycache.storage.UpstreamStorage;
import io.registrycache.traffic.CacheOutcome;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.management.JMException;
import javax.management.ObjectName;

/** Shows one upstream to JMX, by the figures that Prometheus gets too. */
public record UpstreamBean(
        UpstreamChild upstream,
        Metrics metrics,
        LongSupplier inFlight,
        PurgeUpstream purge,
        Supplier<Optional<UpstreamStorage>> storage,
        Eviction eviction)
        implements UpstreamMXBean {

    public void register() throws JMException {
        ManagementFactory.getPlatformMBeanServer().registerMBean(this, objectName());
    }

    public void unregister() throws JMException {
        ManagementFactory.getPlatformMBeanServer().unregisterMBean(objectName());
    }

    private ObjectName objectName() throws JMException {
        return new ObjectName("io.registrycache:type=upstream,name=" + ObjectName.quote(name()));
    }

    private String name() {
        return upstream.upstream().name();
    }

    @Override
    public String getState() {
        return upstream.condition().name();
    }

    @Override
    public String getReason() {
        return upstream.condition().why();
    }

    @Override
    public String getSince() {
        return upstream.condition().since().map(Instant::toString).orElse("");
    }

    @Override
    public String getNextTry() {
        return upstream.condition().next().map(Instant::toString).orElse("");
    }

    @Override
    public long getPid() {
        return upstream.state() instanceof ChildState.Serving serving ? serving.pid() : 0;
    }

    @Override
    public int getRestarts() {
        return upstream.restarts();
    }

    @Override
    public long getBytesOut() {
        return metrics.bytes(name());
    }

    @Override
    public long getHits() {
        return metrics.requests(name(), CacheOutcome::isHit);
    }

    @Override
    public long getMisses() {
        return metrics.requests(name(), outcome -> outcome == CacheOutcome.MISS);
    }

    @Override
    public long getInFlight() {
        return inFlight.getAsLong();
    }

    @Override
    public long getStoredBytes() {
        return storage.get().map(UpstreamStorage::stored).orElse(0L);
    }

    @Override
    public long getLimitBytes() {
        return storage.get().flatMap(eviction::limitOf).orElse(0L);
    }

    @Override
    public long getPinnedBytes() {
        return storage.get().map(UpstreamStorage::pinned).orElse(0L);
    }

    @Override
    public long getEvictedBytes() {
        return storage.get().map(it -> it.evicted().bytes()).orElse(0L);
    }

    @Override
    public long purge(String reference) {
        return purge.remove(reference);
    }
}
