package io.registrycache.warm;

import static io.registrycache.request.Json.JSON;

import io.registrycache.request.ManifestType;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.LongConsumer;

/** Where clients pull; asked in the way in which they ask. Blocks, so not for an event loop. */
public final class Endpoint {

    private static final int LARGEST_MANIFEST = 8 << 20;
    private static final int BUFFER = 64 << 10;
    private static final Duration CONNECT = Duration.ofSeconds(5);
    /** The head of an answer comes within 25 s; a layer that stalls is continued by the program. */
    private static final Duration READ = Duration.ofMinutes(2);

    private final String url;
    private volatile boolean closed;

    /**
     * On this machine.
     *
     * @param host to listen on, perhaps all addresses
     */
    public Endpoint(String host, int port) {
        String address = host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
        this.url = "http://" + (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + port;
    }

    /** Whether the program answers there. */
    public boolean isOpen() {
        try {
            return open("/v2/").getHeaderField("Cache-Status") != null;
        } catch (IOException e) {
            return false;
        }
    }

    /** The manifest or index that an image's reference names. */
    byte[] manifest(ImageName image) throws IOException {
        HttpURLConnection connection = open(image, "manifests", image.reference());
        connection.setRequestProperty("Accept", ManifestType.ACCEPT);
        requireOk(connection);
        try (InputStream body = connection.getInputStream()) {
            byte[] manifest = body.readNBytes(LARGEST_MANIFEST + 1);
            if (manifest.length > LARGEST_MANIFEST) {
                throw new PullFailure("its manifest has more than " + LARGEST_MANIFEST + " bytes", 0, 0);
            }
            return manifest;
        }
    }

    /**
     * Has a blob downloaded, unless it is stored.
     *
     * @param bytes is told how many came, again and again
     * @return whether it was not stored before
     */
    boolean blob(ImageName image, String digest, LongConsumer bytes) throws IOException {
        HttpURLConnection connection = open(image, "blobs", digest);
        // Stored content is not sent: its entity tag is its digest.
        connection.setRequestProperty("If-None-Match", '"' + digest + '"');
        if (connection.getResponseCode() == HttpURLConnection.HTTP_NOT_MODIFIED) {
            return false;
        }
        requireOk(connection);
        discard(connection, bytes);
        return true;
    }

    /** Whether a blob is in the storage, as far as the program knows: of a bucket it does not. */
    boolean isStored(ImageName image, String digest) throws IOException {
        HttpURLConnection connection = open(image, "blobs", digest);
        connection.setRequestMethod("HEAD");
        requireOk(connection);
        String status = String.valueOf(connection.getHeaderField("Cache-Status"));
        return status.contains("hit") || status.contains("detail=child");
    }

    /** Ends the downloads that are under way. */
    public void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    private void discard(HttpURLConnection connection, LongConsumer bytes) throws IOException {
        long missing = connection.getContentLengthLong();
        byte[] buffer = new byte[BUFFER];
        try (InputStream body = connection.getInputStream()) {
            for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
                if (closed) {
                    connection.disconnect();
                    throw new IOException("the cache is stopping");
                }
                missing -= count;
                bytes.accept(count);
            }
        }
        if (missing > 0) {
            throw new IOException("a layer was cut off");
        }
    }

    private HttpURLConnection open(ImageName image, String kind, String reference) throws IOException {
        String ns =
                image.upstream().isEmpty() ? "" : "?ns=" + URLEncoder.encode(image.upstream(), StandardCharsets.UTF_8);
        return open("/v2/" + image.path() + "/" + kind + "/" + reference + ns);
    }

    private HttpURLConnection open(String path) throws IOException {
        if (closed) {
            throw new IOException("the cache is stopping");
        }
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(url + path).toURL().openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout((int) CONNECT.toMillis());
        connection.setReadTimeout((int) READ.toMillis());
        connection.setInstanceFollowRedirects(false);
        connection.setRequestProperty("User-Agent", "docker-registry-cache-warm");
        return connection;
    }

    private static void requireOk(HttpURLConnection connection) throws IOException {
        int status = connection.getResponseCode();
        if (status != HttpURLConnection.HTTP_OK) {
            throw new PullFailure(message(connection, status), status, connection.getHeaderFieldLong("Retry-After", 0));
        }
    }

    private static String message(HttpURLConnection connection, int status) {
        try (InputStream body = connection.getErrorStream()) {
            String message = body == null
                    ? ""
                    : JSON.readTree(body.readNBytes(BUFFER))
                            .at("/errors/0/message")
                            .asText();
            return message.isEmpty() ? "status " + status : message;
        } catch (IOException e) {
            return "status " + status;
        }
    }
}
