package io.registrycache.storage;

/**
 * How many bytes have which rank, in classes that are 1 % wide; of constant size, however many files there are. A rank is
 * an age in milliseconds, weighted.
 */
final class Ranks {

    private static final int PER_DOUBLING = 64;
    /** Enough for 560 years. */
    private static final int CLASSES = 44 * PER_DOUBLING;

    private final long[] bytes = new long[CLASSES];

    private static int classOf(long rank) {
        double doublings = Math.log1p((double) Math.max(0, rank)) / Math.log(2);
        return Math.min(CLASSES - 1, (int) (doublings * PER_DOUBLING));
    }

    void add(long rank, long size) {
        bytes[classOf(rank)] += size;
    }

    void addAll(Ranks others) {
        for (int i = 0; i < CLASSES; i++) {
            bytes[i] += others.bytes[i];
        }
    }

    /** Chooses the content of the highest rank, of so many bytes at least if there are that many. */
    First first(long wanted) {
        long higher = 0;
        int at = CLASSES - 1;
        while (at > 0 && higher + bytes[at] < wanted) {
            higher += bytes[at];
            at--;
        }
        return new First(at, wanted - higher);
    }

    /** A choice of content by its rank; of the lowest class that belongs to it, only as much as needed. */
    static final class First {

        private final int lowest;
        private long needed;

        private First(int lowest, long needed) {
            this.lowest = lowest;
            this.needed = needed;
        }

        boolean includes(long rank) {
            int found = classOf(rank);
            return found > lowest || (found == lowest && needed > 0);
        }

        /** Content of that rank is gone. */
        void removed(long rank, long size) {
            if (classOf(rank) == lowest) {
                needed -= size;
            }
        }
    }
}
