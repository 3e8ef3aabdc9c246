package io.registrycache.management;

/** An upstream as JMX clients see it, {@code io.registrycache:type=upstream,name="ghcr.io"}. */
public interface UpstreamMXBean {

    String getState();

    /** Why it is not pulled through, or nothing. */
    String getReason();

    /** Of the child that pulls through; 0 when it does not answer. */
    long getPid();

    int getRestarts();

    long getBytesOut();

    long getHits();

    long getMisses();

    long getInFlight();
}
