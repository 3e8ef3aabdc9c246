package io.registrycache.storage;

/** Leaves the processor and the disk to the pulls, between the files of a sweep. */
final class Pace {

    private static final int FILES_AT_A_TIME = 64;
    private static final long PAUSE_MILLIS = 1;

    private int files;

    void step() {
        if (++files % FILES_AT_A_TIME == 0) {
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
