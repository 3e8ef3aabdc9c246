package io.registrycache.fetch;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Clients of a fetch that wait for bytes which are not there yet; guarded by the fetch's monitor. */
final class Readers {

    private record Reader(long position, boolean isTail, Runnable wake) {}

    /** Behind the last byte that can be read from a position on; see {@link Fetch#readable}. */
    interface Frontier {
        long from(long position, boolean isTail);
    }

    private final List<Reader> waiting = new ArrayList<>();

    void add(long position, boolean isTail, Runnable wake) {
        waiting.add(new Reader(position, isTail, wake));
    }

    /** Takes out those that need not wait any more; to be run outside of the monitor. */
    List<Runnable> takeReady(Frontier frontier) {
        List<Runnable> ready = new ArrayList<>();
        for (Iterator<Reader> each = waiting.iterator(); each.hasNext(); ) {
            Reader reader = each.next();
            if (frontier.from(reader.position(), reader.isTail()) != reader.position()) {
                ready.add(reader.wake());
                each.remove();
            }
        }
        return ready;
    }
}
