package io.registrycache;

import io.registrycache.fetch.Fetch;
import java.util.Collection;
import java.util.function.BooleanSupplier;

/** The parts that a change of an upstream leaves behind. */
interface Remainder {

    /** Whether nothing of it is under way; its clients have gone. */
    boolean isIdle();

    void end();

    /**
     * A child that was replaced.
     *
     * @param fetches that were under way then; their content may be on its way into a bucket
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

    /**
     * A place where an upstream stored; without clients nothing is downloaded to it.
     *
     * @param isUsedAgain whether the upstream stores there after all
     * @param removal what follows when nothing is downloaded any more
     */
    record OldPlace(Place place, BooleanSupplier isUsedAgain, Runnable removal) implements Remainder {

        @Override
        public boolean isIdle() {
            if (isUsedAgain.getAsBoolean()) {
                return true;
            }
            place.fetches().close();
            return place.fetches().underWay().isEmpty();
        }

        @Override
        public void end() {
            if (!isUsedAgain.getAsBoolean()) {
                removal.run();
            }
        }
    }
}
