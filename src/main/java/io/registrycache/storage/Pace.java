package io.registrycache.storage;

import java.util.function.BooleanSupplier;

/** Leaves the processor and the disk to the pulls, between the files of a sweep. */
final class Pace {

    private final BooleanSupplier isUrgent;

    /** Leaves nothing to them while a download waits for room. */
    Pace(BooleanSupplier isUrgent) {
        this.isUrgent = isUrgent;
    }

    private static final int WORK_AT_A_TIME = 64;
    /** An eviction reads and writes; otherwise a file is only looked at. */
    private static final int EVICTION = 16;

    private static final long PAUSE_MILLIS = 1;

    private int files;
    private int work;

    /** So many were looked at. */
    int files() {
        return files;
    }

    void step() {
        files++;
        work(1);
    }

    void stepOfEviction() {
        work(EVICTION);
    }

    private void work(int more) {
        work += more;
        if (work >= WORK_AT_A_TIME) {
            work = 0;
            if (!isUrgent.getAsBoolean()) {
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
