package io.registrycache.storage;

import io.registrycache.config.Limit;
import java.io.IOException;
import java.nio.file.FileStore;
import java.util.List;

/** A bound on the content that some upstreams have stored together. */
sealed interface Bound {

    /** This part of the bound is freed in addition, so that not each layer causes an eviction. */
    double SLACK = 0.02;

    List<UpstreamStorage> over();

    /** How many bytes may be stored, as far as is known now. */
    long most();

    /** How many bytes must go before that many can be added. */
    long excess(long added);

    /** Whether that many bytes can be added at all, once all is evicted that can be. */
    default boolean canHold(long added) {
        long fixed = over().stream()
                .mapToLong(storage -> storage.reserved() + storage.pinned())
                .sum();
        return added + fixed <= most();
    }

    private static long sizeOf(FileStore disk) {
        try {
            return disk.getTotalSpace();
        } catch (IOException e) {
            return 0;
        }
    }

    private static long used(List<UpstreamStorage> storages) {
        return storages.stream()
                .mapToLong(storage -> storage.stored() + storage.reserved())
                .sum();
    }

    /**
     * A limit that an operator sets.
     *
     * @param text where it is set, and how
     * @param isForAll whether it is for all upstreams, or all on one disk
     * @param disk of which the limit may be a part
     */
    record OfOperator(String text, boolean isForAll, List<UpstreamStorage> over, Limit limit, FileStore disk)
            implements Bound {
        public OfOperator {
            over = List.copyOf(over);
        }

        @Override
        public long most() {
            return limit.on(sizeOf(disk));
        }

        @Override
        public long excess(long added) {
            return used(over) + added - most();
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** The size of a disk, of which a little stays free whatever other programs store there. */
    record OfDisk(List<UpstreamStorage> over, FileStore disk) implements Bound {

        /** 1 % of the disk, at most this. */
        private static final long MOST_LEFT_FREE = 1 << 30;

        private static final long LEAST_LEFT_FREE = 4 << 20;

        public OfDisk {
            over = List.copyOf(over);
        }

        @Override
        public long most() {
            return used(over) + usable() - leftFree();
        }

        @Override
        public long excess(long added) {
            // Reserved bytes that are not written yet are left out: a limit keeps more than that free.
            return added + leftFree() - usable();
        }

        long size() {
            return sizeOf(disk);
        }

        private long leftFree() {
            return Math.max(LEAST_LEFT_FREE, Math.min(MOST_LEFT_FREE, size() / 100));
        }

        long usable() {
            try {
                return disk.getUsableSpace();
            } catch (IOException e) {
                return 0;
            }
        }

        @Override
        public String toString() {
            return "the disk";
        }
    }
}
