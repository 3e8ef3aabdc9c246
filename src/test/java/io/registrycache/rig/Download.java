package io.registrycache.rig;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.security.MessageDigest;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A body that is read and thrown away in constant memory.
 *
 * @param bytesPerSecond how fast it is read
 * @param abortAfter after how many bytes the connection is closed
 */
public record Download(URI url, List<String> headers, long bytesPerSecond, long abortAfter) {

    private static final int BUFFER = 64 * 1024;

    /**
     * The answer.
     *
     * @param digest {@code sha256:…} of the bytes that came
     * @param length how many came
     * @param complete whether that was all
     */
    public record Result(int status, List<String> headers, String digest, long length, boolean complete) {}

    public Download {
        headers = List.copyOf(headers);
    }

    public static Download of(String url) {
        return new Download(URI.create(url), List.of(), Long.MAX_VALUE, Long.MAX_VALUE);
    }

    public Download header(String... lines) {
        return new Download(url, List.of(lines), bytesPerSecond, abortAfter);
    }

    public Download throttledTo(long limit) {
        return new Download(url, headers, limit, abortAfter);
    }

    public Download abortedAfter(long bytes) {
        return new Download(url, headers, bytesPerSecond, bytes);
    }

    /** Does it; a body that ends too early is an {@link java.io.EOFException}. */
    public Result run() throws IOException {
        boolean throttled = bytesPerSecond < Long.MAX_VALUE;
        try (HttpProbe probe = HttpProbe.connect(url.getAuthority(), throttled ? BUFFER : 0)) {
            String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
            probe.get(url.getRawPath() + query, headers.toArray(String[]::new));
            HttpReply head = probe.receiveHead();
            return read(head, probe.body(head));
        }
    }

    private Result read(HttpReply head, InputStream body) throws IOException {
        MessageDigest digest = Sha256.start();
        byte[] buffer = new byte[(int) Math.min(BUFFER, Math.max(1, bytesPerSecond / 20))];
        long start = System.nanoTime();
        long length = 0;
        int count = 0;
        while (length < abortAfter && (count = body.read(buffer)) >= 0) {
            digest.update(buffer, 0, count);
            length += count;
            pace(start, length);
        }
        return new Result(head.status(), head.headers(), Sha256.finish(digest), length, count < 0);
    }

    private void pace(long start, long length) {
        long due = (long) (length / (double) bytesPerSecond * TimeUnit.SECONDS.toNanos(1));
        long early = start + due - System.nanoTime();
        if (early > 0) {
            LockSupport.parkNanos(early);
        }
    }
}
