package io.registrycache.storage;

/**
 * How many bytes were last used how long ago, in classes of age that are 1 % wide; of constant size, however many files
 * there are.
 */
final class Ages {

    private static final int PER_DOUBLING = 64;
    /** Enough for 140 years in milliseconds. */
    private static final int CLASSES = 42 * PER_DOUBLING;

    private final long[] bytes = new long[CLASSES];

    /** The class of an age in milliseconds. */
    private static int classOf(long age) {
        double doublings = Math.log1p((double) Math.max(0, age)) / Math.log(2);
        return Math.min(CLASSES - 1, (int) (doublings * PER_DOUBLING));
    }

    void add(long age, long size) {
        bytes[classOf(age)] += size;
    }

    void addAll(Ages others) {
        for (int i = 0; i < CLASSES; i++) {
            bytes[i] += others.bytes[i];
        }
    }

    /** Chooses the oldest content, of so many bytes at least if there are that many. */
    Oldest oldest(long wanted) {
        long older = 0;
        int at = CLASSES - 1;
        while (at > 0 && older + bytes[at] < wanted) {
            older += bytes[at];
            at--;
        }
        return new Oldest(at, wanted - older);
    }

    /** A choice of content by its age; of the youngest class that belongs to it, only as much as needed. */
    static final class Oldest {

        private final int youngest;
        private long needed;

        private Oldest(int youngest, long needed) {
            this.youngest = youngest;
            this.needed = needed;
        }

        boolean includes(long age) {
            int found = classOf(age);
            return found > youngest || (found == youngest && needed > 0);
        }

        /** Content of that age is gone. */
        void removed(long age, long size) {
            if (classOf(age) == youngest) {
                needed -= size;
            }
        }
    }
}
