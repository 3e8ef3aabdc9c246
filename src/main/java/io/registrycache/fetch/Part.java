package io.registrycache.fetch;

/** A part of a blob, received from its start to a position; guarded by its {@link Parts}' owner. */
final class Part {

    private final long start;
    private final int number;
    private long end;
    private long position;
    private boolean taken;

    Part(int number, long start, long position, long end) {
        this.number = number;
        this.start = start;
        this.position = position;
        this.end = end;
    }

    /** Where it stands in the spool's record of parts. */
    int number() {
        return number;
    }

    long start() {
        return start;
    }

    /** All bytes before it are received. */
    long position() {
        return position;
    }

    /** Behind its last byte; not known, and far away, until the blob's size is. */
    long end() {
        return end;
    }

    long missing() {
        return end - position;
    }

    boolean isTaken() {
        return taken;
    }

    void take(boolean on) {
        taken = on;
    }

    void received(long bytes) {
        position += bytes;
    }

    void endAt(long known) {
        end = known;
    }
}
