package io.registrycache.rig;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A long way to an upstream: each request takes the latency, bodies take the bandwidth, and large ones are cut as often as
 * a test likes. It lists the requests and counts the bytes of the bodies.
 */
public final class Distance implements AutoCloseable {

    private static final int CHUNK = 64 << 10;

    private final int target;
    private final Duration latency;
    private final ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger cuts = new AtomicInteger();
    private final Object line = new Object();
    private volatile long bytesPerSecond = Long.MAX_VALUE;
    private volatile long cutAt = Long.MAX_VALUE;
    private volatile boolean stalls;
    /** With which HEAD is answered, or 0 if the upstream answers it. */
    private volatile int refusal;

    private long lineIsFree = System.nanoTime();

    private Distance(int target, Duration latency) throws IOException {
        this.target = target;
        this.latency = latency;
        this.server = new ServerSocket();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 500);
        threads.execute(this::accept);
    }

    /** A way to a port of this machine. */
    public static Distance to(int port, Duration latency) {
        try {
            return new Distance(port, latency);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All connections share so much. */
    public Distance bandwidth(long perSecond) {
        bytesPerSecond = perSecond;
        return this;
    }

    /** Breaks the connection of the next responses with more bytes than these, after them. */
    public Distance cut(int times, long after) {
        cutAt = after;
        cuts.set(times);
        return this;
    }

    /** A cut is a silence from now on. */
    public Distance stalling() {
        stalls = true;
        return this;
    }

    /** Answers HEAD with a status from now on, as simple registries do; 0 lets the upstream answer again. */
    public Distance refusingHead(int status) {
        refusal = status;
        return this;
    }

    public String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    public String configElement(String name) {
        return ConfigElement.of(name, url());
    }

    /** Method and path of each request, the oldest first, without probes of {@code /v2/}. */
    public List<String> requests() {
        return requests.stream().filter(it -> !it.endsWith(" /v2/")).toList();
    }

    /** Bytes of bodies that came this way. */
    public long bytes() {
        return bytes.get();
    }

    public void forget() {
        requests.clear();
        bytes.set(0);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                threads.execute(() -> serve(client));
            }
        } catch (IOException e) {
            threads.shutdownNow();
        }
    }

    private void serve(Socket client) {
        try (client;
                Socket upstream = new Socket(InetAddress.getLoopbackAddress(), target)) {
            client.setTcpNoDelay(true);
            upstream.setTcpNoDelay(true);
            // The handshake.
            pause(latency.toNanos());
            while (true) {
                String request = head(client.getInputStream());
                requests.add(request.substring(0, request.lastIndexOf(" HTTP/", request.indexOf("\r\n"))));
                pause(latency.toNanos());
                if (refusal != 0 && request.startsWith("HEAD ")) {
                    client.getOutputStream().write(head(refusal));
                    continue;
                }
                upstream.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
                String response = head(upstream.getInputStream());
                client.getOutputStream().write(response.getBytes(StandardCharsets.ISO_8859_1));
                if (!request.startsWith("HEAD ")) {
                    body(fields(response), upstream.getInputStream(), client.getOutputStream());
                }
            }
        } catch (IOException e) {
            // One of both has left.
        }
    }

    private void body(Map<String, String> fields, InputStream from, OutputStream to) throws IOException {
        long length = Long.parseLong(fields.getOrDefault("content-length", "0"));
        byte[] buffer = new byte[CHUNK];
        for (long sent = 0; sent < length; ) {
            int count = from.read(buffer, 0, (int) Math.min(CHUNK, length - sent));
            if (count < 0) {
                throw new EOFException();
            }
            takeTurn(count);
            to.write(buffer, 0, count);
            bytes.addAndGet(count);
            sent += count;
            if (sent >= cutAt && sent < length && cuts.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                pause(stalls ? TimeUnit.HOURS.toNanos(1) : 0);
                throw new EOFException();
            }
        }
    }

    private void takeTurn(int count) {
        long rate = bytesPerSecond;
        if (rate == Long.MAX_VALUE) {
            return;
        }
        long mine;
        synchronized (line) {
            lineIsFree = Math.max(lineIsFree, System.nanoTime()) + count * TimeUnit.SECONDS.toNanos(1) / rate;
            mine = lineIsFree;
        }
        pause(mine - System.nanoTime());
    }

    private static void pause(long nanos) {
        long until = System.nanoTime() + nanos;
        while (System.nanoTime() - until < 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(until - System.nanoTime());
        }
    }

    private static byte[] head(int status) {
        String head = "HTTP/1.1 " + status + " Refused\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\n";
        return head.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            int c = in.read();
            if (c < 0) {
                throw new EOFException();
            }
            head.append((char) c);
        }
        return head.toString();
    }

    private static Map<String, String> fields(String head) {
        Map<String, String> fields = new TreeMap<>();
        head.lines().skip(1).filter(line -> line.contains(":")).forEach(line -> {
            int colon = line.indexOf(':');
            fields.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        });
        return fields;
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
    }
}
