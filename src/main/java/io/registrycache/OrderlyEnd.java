package io.registrycache;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a program that was asked to end by a signal end with 0, when it has ended in order. The JVM by itself would end with
 * 143, which Docker and systemd take for a failure.
 */
final class OrderlyEnd {

    private final CountDownLatch over = new CountDownLatch(1);
    private volatile int code;

    OrderlyEnd(int atMostSeconds) {
        Thread last = new Thread(() -> await(atMostSeconds), "orderly-end");
        Runtime.getRuntime().addShutdownHook(last);
    }

    private void await(int atMostSeconds) {
        try {
            if (over.await(atMostSeconds, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(code);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** All is closed; the program ends with this code, whatever begins its end. */
    void reached(int exitCode) {
        code = exitCode;
        over.countDown();
    }
}
