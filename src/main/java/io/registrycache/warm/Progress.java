package io.registrycache.warm;

import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Prints a line for each image, and on a terminal, below these lines, how far it has come. */
public final class Progress {

    private static final long REFRESH = TimeUnit.MILLISECONDS.toNanos(200);
    private static final String CLEAR_LINE = "\r\033[K";
    private static final double MEGABYTE = 1_000_000;

    private final PrintStream out;
    private final boolean isTerminal;
    private final int total;
    private final AtomicLong bytes = new AtomicLong();
    private int over;
    private long drawn = System.nanoTime();

    public Progress(PrintStream out, boolean isTerminal, int total) {
        this.out = out;
        this.isTerminal = isTerminal;
        this.total = total;
    }

    /** More of a layer has come. */
    public void received(long count) {
        bytes.addAndGet(count);
        if (isTerminal) {
            draw();
        }
    }

    /** An image is over. */
    public synchronized void over(String line) {
        over++;
        out.print((isTerminal ? CLEAR_LINE : "") + line + System.lineSeparator());
        out.flush();
        drawn = 0;
        if (isTerminal) {
            draw();
        }
    }

    /** All images are. */
    public synchronized void end() {
        if (isTerminal) {
            out.print(CLEAR_LINE);
            out.flush();
        }
    }

    /** The received bytes, for people. */
    public String amount() {
        return "%.1f MB".formatted(bytes.get() / MEGABYTE);
    }

    private synchronized void draw() {
        long now = System.nanoTime();
        if (drawn == 0 || now - drawn > REFRESH) {
            drawn = now;
            out.print(CLEAR_LINE + over + " of " + total + " images, " + amount());
            out.flush();
        }
    }
}
