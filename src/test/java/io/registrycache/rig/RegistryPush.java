package io.registrycache.rig;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** Pushes blobs and manifests to a registry. */
public final class RegistryPush {

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(HttpClient.Builder.NO_PROXY)
            .build();
    private final URI registry;
    private final Optional<Credentials> credentials;

    public RegistryPush(String url, Optional<Credentials> credentials) {
        this.registry = URI.create(url);
        this.credentials = credentials;
    }

    /** Pushes a blob of any size from a file. */
    public void blob(String name, String digest, Path file) throws IOException {
        blob(name, digest, BodyPublishers.ofFile(file));
    }

    /** Pushes a small blob, and returns its digest. */
    public String blob(String name, String text) throws IOException {
        String digest = Sha256.of(text.getBytes(StandardCharsets.UTF_8));
        blob(name, digest, BodyPublishers.ofString(text));
        return digest;
    }

    private void blob(String name, String digest, BodyPublisher content) throws IOException {
        URI uploads = registry.resolve("/v2/" + name + "/blobs/uploads/");
        String location = send(request(uploads).POST(BodyPublishers.noBody()), 202)
                .headers()
                .firstValue("Location")
                .orElseThrow();
        URI upload = uploads.resolve(location + (location.contains("?") ? "&" : "?") + "digest=" + digest);
        send(request(upload).header("Content-Type", "application/octet-stream").PUT(content), 201);
    }

    /** Pushes a manifest or an index under a tag, and returns its digest. */
    public String manifest(String name, String tag, String mediaType, String text) throws IOException {
        URI place = registry.resolve("/v2/" + name + "/manifests/" + tag);
        send(request(place).header("Content-Type", mediaType).PUT(BodyPublishers.ofString(text)), 201);
        return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private HttpRequest.Builder request(URI uri) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        credentials.ifPresent(it -> request.header("Authorization", it.basic()));
        return request;
    }

    private HttpResponse<String> send(HttpRequest.Builder builder, int expected) throws IOException {
        HttpRequest request = builder.build();
        try {
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            if (response.statusCode() != expected) {
                throw new IOException(request.method() + " " + request.uri().getPath() + " answers "
                        + response.statusCode() + ": " + response.body());
            }
            return response;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }
}
