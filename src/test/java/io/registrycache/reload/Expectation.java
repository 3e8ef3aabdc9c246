package io.registrycache.reload;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Which names are configured when; between an edit and its effect either may be. */
final class Expectation {

    /** The answers that a client may get. */
    enum State {
        CONFIGURED,
        UNKNOWN,
        EITHER
    }

    private record Since(long nanos, State state) {}

    private final Map<String, List<Since>> states = new ConcurrentHashMap<>();

    synchronized void set(String name, State state) {
        states.computeIfAbsent(name, any -> new ArrayList<>()).add(new Since(System.nanoTime(), state));
    }

    /** Whether an answer may be that the name is known, or that it is not, to a request that was sent in a time. */
    synchronized boolean allows(String name, boolean isKnown, long begin, long end) {
        List<Since> all = states.getOrDefault(name, List.of());
        for (int i = 0; i < all.size(); i++) {
            long until = i + 1 < all.size() ? all.get(i + 1).nanos() : Long.MAX_VALUE;
            boolean overlaps = all.get(i).nanos() <= end && until >= begin;
            boolean fits = all.get(i).state() == State.EITHER || (all.get(i).state() == State.CONFIGURED) == isKnown;
            if (overlaps && fits) {
                return true;
            }
        }
        return false;
    }
}
