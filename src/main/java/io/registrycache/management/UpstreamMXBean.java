package io.registrycache.management;

/** An upstream as JMX clients see it, {@code io.registrycache:type=upstream,name="ghcr.io"}. */
public interface UpstreamMXBean {

    String getState();

    /** The problem, or nothing. */
    String getReason();

    /** Since when it is in its state, as ISO 8601 has it, or nothing. */
    String getSince();

    /** When it is tried again, likewise, or nothing. */
    String getNextTry();

    /** Of its child; 0 if that does not answer. */
    long getPid();

    int getRestarts();

    long getBytesOut();

    long getHits();

    long getMisses();

    long getInFlight();

    /** Content and interrupted downloads. This and the following are of file system storage, and 0 of another. */
    long getStoredBytes();

    /** The upstream's own limit; 0 if it has none. */
    long getLimitBytes();

    long getPinnedBytes();

    /** Since the start, for whatever reason. */
    long getEvictedBytes();

    /**
     * Removes cached content, and returns the bytes that were freed.
     *
     * @param reference {@code my/image:tag}, {@code my/image@sha256:…}, {@code my/image} for all of it, or {@code *}
     *     for
     *     everything of this upstream
     */
    long purge(String reference);
}
