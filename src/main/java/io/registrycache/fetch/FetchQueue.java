package io.registrycache.fetch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Which fetches run, and which wait for their turn: of these one with clients is next. */
final class FetchQueue {

    /** A fetch. */
    interface Entry {
        boolean hasClients();
    }

    private record Waiting(Entry fetch, Runnable turn) {}

    private int most;
    private final Set<Entry> running = new HashSet<>();
    private final Deque<Waiting> waiting = new ArrayDeque<>();

    /**
     * Empty.
     *
     * @param most run at a time
     */
    FetchQueue(int most) {
        this.most = most;
    }

    /** Lets so many run at a time from now on. */
    synchronized void limit(int number) {
        most = number;
    }

    /**
     * Adds a fetch.
     *
     * @return the turn, if it has come already
     */
    synchronized Optional<Runnable> enter(Entry fetch, Runnable turn) {
        if (running.size() < most) {
            running.add(fetch);
            return Optional.of(turn);
        }
        waiting.add(new Waiting(fetch, turn));
        return Optional.empty();
    }

    /**
     * Removes a fetch, which may have waited in vain.
     *
     * @return the turn that comes now, if one does
     */
    synchronized Optional<Runnable> leave(Entry fetch) {
        waiting.removeIf(it -> it.fetch() == fetch);
        if (!running.remove(fetch) || waiting.isEmpty() || running.size() >= most) {
            return Optional.empty();
        }
        Waiting next = waiting.stream()
                .filter(it -> it.fetch().hasClients())
                .findFirst()
                .orElseGet(waiting::getFirst);
        waiting.remove(next);
        running.add(next.fetch());
        return Optional.of(next.turn());
    }

    synchronized void clear() {
        waiting.clear();
    }
}
