package io.registrycache.process;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Small questions to a child on this machine, never through a proxy; blocks, so not for an event loop. */
public final class Loopback {

    /** More than any page of a list that we ask for. */
    private static final int LARGEST_BODY = 4 << 20;

    public record Reply(int status, String body, String link) {}

    private Loopback() {}

    public static Reply get(int port, String path, Duration timeout) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create("http://127.0.0.1:" + port + path).toURL().openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout((int) timeout.toMillis());
        connection.setReadTimeout((int) timeout.toMillis());
        connection.setInstanceFollowRedirects(false);
        int status = connection.getResponseCode();
        try (InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            String text = body == null ? "" : new String(body.readNBytes(LARGEST_BODY), StandardCharsets.UTF_8);
            String link = connection.getHeaderField("Link");
            return new Reply(status, text, link == null ? "" : link);
        }
    }

    /** A port that is free now, chosen by the system. */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Whether a registry answers there, be it to ask for credentials. */
    static boolean answers(int port, Duration timeout) {
        try {
            int status = get(port, "/v2/", timeout).status();
            return status == 200 || status == 401;
        } catch (IOException e) {
            return false;
        }
    }
}
