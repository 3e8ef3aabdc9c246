package io.registrycache.rig;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** One connection over which a test sends the very bytes it wants, and sees the very headers that come back. */
public final class HttpProbe implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Socket socket;
    private final InputStream wire;

    private HttpProbe(Socket socket) throws IOException {
        this.socket = socket;
        this.wire = new BufferedInputStream(socket.getInputStream());
    }

    /** Connects to a {@code 127.0.0.1:<port>}. */
    public static HttpProbe connect(String endpoint) throws IOException {
        return connect(endpoint, 0);
    }

    /**
     * The same, with a receive buffer of so many bytes, which lets a slow reader be felt at once; 0 is the system's.
     */
    static HttpProbe connect(String endpoint, int receiveBuffer) throws IOException {
        Socket socket = new Socket();
        try {
            if (receiveBuffer > 0) {
                socket.setReceiveBufferSize(receiveBuffer);
            }
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) PATIENCE.toMillis());
            int port = Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) PATIENCE.toMillis());
            return new HttpProbe(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** The status of a GET, or none without an answer. */
    public static OptionalInt status(String endpoint, String path) {
        try (HttpProbe probe = connect(endpoint)) {
            probe.get(path, "Connection: close");
            return OptionalInt.of(probe.receiveHead().status());
        } catch (IOException e) {
            return OptionalInt.empty();
        }
    }

    /** Sends bytes as they are. */
    public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Sends text as it is: line ends are the caller's business. */
    public void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends a GET with these header lines and a Host. */
    public void get(String path, String... headers) throws IOException {
        request("GET", path, headers);
    }

    /** Sends a request without a body, with these header lines and a Host. */
    public void request(String method, String path, String... headers) throws IOException {
        StringBuilder text = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
        text.append("Host: 127.0.0.1:").append(socket.getPort()).append("\r\n");
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        send(text.append("\r\n").toString());
    }

    /** Reads one whole answer to anything but a HEAD; the bytes after it stay for the next call. */
    public HttpReply receive() throws IOException {
        HttpReply head = receiveHead();
        return head.hasBody() ? head.withBody(body(head).readAllBytes()) : head;
    }

    /** Reads the head of an answer, which is all of the answer to a HEAD. */
    public HttpReply receiveHead() throws IOException {
        String statusLine = line(wire);
        List<String> headers = new ArrayList<>();
        for (String line = line(wire); !line.isEmpty(); line = line(wire)) {
            headers.add(line);
        }
        return new HttpReply(statusLine, headers, new byte[0]);
    }

    /** The body behind a head that was just read, as a stream. */
    public InputStream body(HttpReply head) {
        return HttpBody.after(head, wire);
    }

    /** Waits for the other side to close, and tells whether it did within this time, with nothing more to read. */
    public boolean closesWithin(Duration time) throws IOException {
        socket.setSoTimeout((int) time.toMillis());
        try {
            return wire.read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } finally {
            socket.setSoTimeout((int) PATIENCE.toMillis());
        }
    }

    /** Everything that comes until the other side closes, or resets; a character for each byte. */
    public String drain() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            wire.transferTo(all);
        } catch (SocketException e) {
            // Reset, for it had not read all that was sent.
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    static String line(InputStream wire) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = wire.read(); next != '\n'; next = wire.read()) {
            if (next < 0) {
                throw new EOFException("the connection ended after \"" + line + "\"");
            }
            line.append((char) next);
        }
        return line.toString().stripTrailing();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
