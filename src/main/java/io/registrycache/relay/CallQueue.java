package io.registrycache.relay;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Which requests are sent, and which wait. Layers take minutes on a slow line, and all other requests wait for none of
 * them: some places are never given to layers.
 */
final class CallQueue<T> {

    /** One place of so many is kept. */
    private static final int KEPT_OF = 8;

    private final int most;
    private final int mostLayers;
    private final Deque<T> others = new ArrayDeque<>();
    private final Deque<T> layers = new ArrayDeque<>();
    private int used;
    private int usedByLayers;

    /**
     * Empty.
     *
     * @param most requests at the same time
     */
    CallQueue(int most) {
        this.most = most;
        this.mostLayers = Math.max(1, most - Math.max(1, most / KEPT_OF));
    }

    /** Adds a request, and tells whether it is to be sent now. */
    synchronized boolean enter(T call, boolean isLayer) {
        if (used == most || (isLayer && usedByLayers == mostLayers)) {
            (isLayer ? layers : others).add(call);
            return false;
        }
        take(isLayer, 1);
        return true;
    }

    /** A request is over; returns the one to be sent now, if there is one. */
    synchronized Optional<T> leave(boolean wasLayer) {
        take(wasLayer, -1);
        boolean isLayer = others.isEmpty();
        if (isLayer && (layers.isEmpty() || usedByLayers == mostLayers)) {
            return Optional.empty();
        }
        take(isLayer, 1);
        return Optional.of((isLayer ? layers : others).remove());
    }

    /** Removes a request, if it waits. */
    synchronized boolean withdraw(T call) {
        return others.remove(call) || layers.remove(call);
    }

    private void take(boolean isLayer, int count) {
        used += count;
        usedByLayers += isLayer ? count : 0;
    }
}
