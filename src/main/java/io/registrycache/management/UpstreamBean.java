package io.registrycache.management;

import io.registrycache.process.ChildState;
import io.registrycache.process.UpstreamChildren;
import io.registrycache.traffic.CacheOutcome;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;
import javax.management.JMException;
import javax.management.ObjectName;

/** Shows one upstream to JMX, by the figures that Prometheus gets too. */
public record UpstreamBean(UpstreamChildren upstream, Metrics metrics, LongSupplier inFlight)
        implements UpstreamMXBean {

    public void register() throws JMException {
        ManagementFactory.getPlatformMBeanServer()
                .registerMBean(this, new ObjectName("io.registrycache:type=upstream,name=" + ObjectName.quote(name())));
    }

    private String name() {
        return upstream.upstream().name();
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
}
