package io.registrycache.management;

import io.registrycache.process.ChildState;
import io.registrycache.process.UpstreamChildren;
import io.registrycache.traffic.CacheOutcome;
import io.registrycache.traffic.Transfer;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import javax.management.JMException;
import javax.management.ObjectName;

/** Counts for one upstream, and shows that to JMX. */
final class UpstreamBean implements UpstreamMXBean {

    private final UpstreamChildren upstream;
    private final LongSupplier inFlight;
    private final LongAdder bytesOut = new LongAdder();
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    UpstreamBean(UpstreamChildren upstream, LongSupplier inFlight) {
        this.upstream = upstream;
        this.inFlight = inFlight;
    }

    void register() throws JMException {
        String name = ObjectName.quote(upstream.upstream().name());
        ManagementFactory.getPlatformMBeanServer()
                .registerMBean(this, new ObjectName("io.registrycache:type=upstream,name=" + name));
    }

    void ended(Transfer transfer) {
        bytesOut.add(transfer.sent());
        if (transfer.outcome().isHit()) {
            hits.increment();
        } else if (transfer.outcome() == CacheOutcome.MISS) {
            misses.increment();
        }
    }

    @Override
    public String getState() {
        return upstream.state().getClass().getSimpleName();
    }

    @Override
    public String getReason() {
        return upstream.state().reason();
    }

    @Override
    public long getPid() {
        return upstream.state() instanceof ChildState.PullThrough through ? through.pid() : 0;
    }

    @Override
    public int getRestarts() {
        return upstream.restarts();
    }

    @Override
    public long getBytesOut() {
        return bytesOut.sum();
    }

    @Override
    public long getHits() {
        return hits.sum();
    }

    @Override
    public long getMisses() {
        return misses.sum();
    }

    @Override
    public long getInFlight() {
        return inFlight.getAsLong();
    }
}
