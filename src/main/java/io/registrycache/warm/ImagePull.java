package io.registrycache.warm;

import static io.registrycache.request.Json.JSON;

import com.fasterxml.jackson.databind.JsonNode;
import io.registrycache.request.Digest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/** Pulls images through the endpoint, a few layers at a time. The bytes are discarded, as the program stores them. */
public final class ImagePull {

    private static final int DEEPEST_INDEX = 3;
    /** The last byte is sent a moment before the layer is stored. */
    private static final int LOOKS_FOR_STORED = 15;

    private static final long BETWEEN_LOOKS = TimeUnit.MILLISECONDS.toNanos(200);

    /**
     * An image that is stored now.
     *
     * @param blobs layers and configurations
     * @param pulled of them, the others were stored before
     */
    public record Done(int blobs, int pulled) {}

    private final Endpoint endpoint;
    private final Executor blobs;
    private final LongConsumer bytes;

    /**
     * Pulls nothing yet.
     *
     * @param blobs pulls layers, as many at a time as it has threads
     * @param bytes is told how many came, on many threads
     */
    public ImagePull(Endpoint endpoint, Executor blobs, LongConsumer bytes) {
        this.endpoint = endpoint;
        this.blobs = blobs;
        this.bytes = bytes;
    }

    /** Pulls an image; once more, if the endpoint says that it is worth while. */
    public Done pull(ImageName image, PlatformChoice platforms) throws IOException {
        try {
            return attempt(image, platforms);
        } catch (PullFailure e) {
            if (e.pause().isEmpty()) {
                throw e;
            }
            LockSupport.parkNanos(e.pause().get().toNanos());
        }
        return attempt(image, platforms);
    }

    private Done attempt(ImageName image, PlatformChoice platforms) throws IOException {
        Set<String> digests = new TreeSet<>();
        collect(image, platforms, DEEPEST_INDEX, digests);
        AtomicInteger pulled = new AtomicInteger();
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (String digest : digests) {
            all.add(CompletableFuture.runAsync(() -> pull(image, digest, pulled), blobs));
        }
        IOException failure = null;
        for (CompletableFuture<Void> each : all) {
            try {
                each.join();
            } catch (CompletionException e) {
                failure = e.getCause() instanceof IOException why ? why : new IOException(e.getCause());
            }
        }
        if (failure != null) {
            throw failure;
        }
        return new Done(digests.size(), pulled.get());
    }

    private void pull(ImageName image, String digest, AtomicInteger pulled) {
        try {
            if (endpoint.blob(image, digest, bytes)) {
                requireStored(image, digest);
                pulled.incrementAndGet();
            }
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private void requireStored(ImageName image, String digest) throws IOException {
        for (int look = 0; look < LOOKS_FOR_STORED; look++) {
            if (endpoint.isStored(image, digest)) {
                return;
            }
            LockSupport.parkNanos(BETWEEN_LOOKS);
        }
        throw new PullFailure("was pulled, but is not stored; is there room for it?", 0, 0);
    }

    /** Finds the blobs of an image, by their digests, through an index too. */
    private void collect(ImageName image, PlatformChoice platforms, int depth, Set<String> digests) throws IOException {
        JsonNode manifest = JSON.readTree(endpoint.manifest(image));
        if (manifest.path("manifests").isArray()) {
            if (depth == 0) {
                throw new PullFailure("has indexes in indexes in indexes", 0, 0);
            }
            for (JsonNode descriptor : platforms.of(manifest.path("manifests"))) {
                collect(image.by(digest(descriptor)), platforms, depth - 1, digests);
            }
            return;
        }
        if (!manifest.path("layers").isArray()) {
            throw new PullFailure("has a manifest of an unknown kind", 0, 0);
        }
        List<JsonNode> descriptors = new ArrayList<>();
        manifest.path("layers").forEach(descriptors::add);
        if (manifest.has("config")) {
            descriptors.add(manifest.path("config"));
        }
        for (JsonNode descriptor : descriptors) {
            // A foreign layer is elsewhere.
            if (descriptor.path("urls").isEmpty()) {
                digests.add(digest(descriptor));
            }
        }
    }

    private static String digest(JsonNode descriptor) throws PullFailure {
        String digest = descriptor.path("digest").asText();
        if (!Digest.isWellFormed(digest)) {
            throw new PullFailure("has a manifest with a malformed digest", 0, 0);
        }
        return digest;
    }
}
