package io.registrycache;

import io.registrycache.fetch.Fetch;
import java.util.Collection;

/** What a change of an upstream leaves behind. */
interface Remainder {

    /** Whether nothing of it is under way; its clients have gone. */
    boolean isIdle();

    void end();

    /**
     * A child that was replaced.
     *
     * @param fetches that were under way then; what they downloaded may be on its way into a bucket
     */
    record OldChild(Collection<Fetch> fetches, Runnable stop) implements Remainder {

        @Override
        public boolean isIdle() {
            return fetches.stream().allMatch(Fetch::isOver);
        }

        @Override
        public void end() {
            stop.run();
        }
    }
}
