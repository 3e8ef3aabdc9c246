package io.registrycache.fetch;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Which bytes of a blob are received, which are on their way, and which are to be requested next. */
final class Parts {

    /** Requested at a time; small enough for a reader to wait for, large enough to fill a line that is far away. */
    static final long STRIDE = 16 << 20;

    /** Bytes that a part does not reach before so many others are requested by themselves. */
    static final long NEAR = 2 * STRIDE;

    private final TreeMap<Long, Part> byStart = new TreeMap<>();

    Collection<Part> all() {
        return byStart.values();
    }

    void add(Part part) {
        byStart.put(part.start(), part);
    }

    /** Takes a part whose bytes no download requests, at the front first. */
    Optional<Part> claim(long size) {
        return claim(0, size, size);
    }

    /** The same, of the bytes of a range. */
    Optional<Part> claim(long first, long behind, long size) {
        for (Part part : byStart.values()) {
            if (!part.isTaken() && part.missing() > 0 && part.position() < behind && part.end() > first) {
                part.take(true);
                return Optional.of(part);
            }
        }
        long from = first;
        while (from < Math.min(behind, size)) {
            Map.Entry<Long, Part> before = byStart.floorEntry(from);
            if (before != null && before.getValue().end() > from) {
                from = before.getValue().end();
                continue;
            }
            Map.Entry<Long, Part> after = byStart.higherEntry(from);
            long to = Math.min(from + STRIDE, Math.min(behind, size));
            Part part = new Part(byStart.size(), from, from, after == null ? to : Math.min(to, after.getKey()));
            part.take(true);
            add(part);
            return Optional.of(part);
        }
        return Optional.empty();
    }

    /** Behind the last byte that is received without a gap from a position on; that position if there is none. */
    long receivedFrom(long position) {
        long at = position;
        Map.Entry<Long, Part> entry = byStart.floorEntry(at);
        while (entry != null && entry.getValue().position() > at) {
            Part part = entry.getValue();
            at = part.position();
            entry = at == part.end() ? byStart.floorEntry(at) : null;
        }
        return at;
    }

    /** Whether the byte at a position is received or will be before long. */
    boolean isNear(long position) {
        Map.Entry<Long, Part> entry = byStart.floorEntry(position);
        return entry != null
                && entry.getValue().end() > position
                && position - entry.getValue().position() < NEAR;
    }

    /** Ends the part that would reach a position right before it; returns that part, if there is one. */
    Optional<Part> endBefore(long position) {
        return Optional.ofNullable(byStart.floorEntry(position))
                .map(Map.Entry::getValue)
                .filter(part -> part.position() < position && position < part.end())
                .map(part -> {
                    part.endAt(position);
                    return part;
                });
    }

    long received() {
        return byStart.values().stream()
                .mapToLong(part -> part.position() - part.start())
                .sum();
    }

    void clear() {
        byStart.clear();
    }
}
