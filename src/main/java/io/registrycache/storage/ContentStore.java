package io.registrycache.storage;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.registrycache.request.Operation;
import io.registrycache.request.RegistryRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The content of one upstream in its child's file system storage, by digest: what a repository links to, as the child
 * demands it too. Layout: distribution's registry/storage/paths.go.
 */
public final class ContentStore {

    private static final Logger LOG = LoggerFactory.getLogger(ContentStore.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    /** What is smaller is kept in memory: all manifests and image configurations but for freaks. */
    private static final int SMALL = 64 << 10;
    /** In one cache for all upstreams. */
    private static final long MOST_IN_MEMORY = 16 << 20;
    /** After so long the child may have let it expire, and the file system is asked again. */
    private static final Duration FRESH = Duration.ofSeconds(30);

    private static final Cache<Key, Content.InMemory> SMALL_ONES = Caffeine.newBuilder()
            .maximumWeight(MOST_IN_MEMORY)
            .weigher((Key key, Content.InMemory content) -> content.bytes().length + 512)
            .expireAfterWrite(FRESH)
            .executor(Runnable::run)
            .build();

    private record Key(String upstream, Operation operation, String repository, String digest) {}

    private final Path root;
    private final BooleanSupplier isSound;

    /**
     * Over the folder of one upstream.
     *
     * @param folder the child's root directory
     * @param isSound whether what lies there may be trusted by now
     */
    public ContentStore(Path folder, BooleanSupplier isSound) {
        this.root = folder.resolve("docker/registry/v2");
        this.isSound = isSound;
    }

    /** What a request asks for, if it does so by digest and it is here. */
    public Optional<Content> find(RegistryRequest request) {
        if (!request.reference().startsWith("sha256:") || !isSound.getAsBoolean()) {
            return Optional.empty();
        }
        Key key = new Key(request.upstream().name(), request.operation(), request.repository(), request.reference());
        Content.InMemory remembered = SMALL_ONES.getIfPresent(key);
        if (remembered != null) {
            return Optional.of(remembered);
        }
        try {
            return isLinked(key) ? read(key) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            LOG.debug("upstream={} {} is left to the child: {}", key.upstream(), key.digest(), e.getMessage());
            return Optional.empty();
        }
    }

    /** The same request by digest, if it is for a tag, whose manifest was here when its upstream was last asked and still is. */
    public Optional<RegistryRequest> byDigest(RegistryRequest request) {
        if (!request.isForTag()) {
            return Optional.empty();
        }
        Path link = root.resolve(
                "repositories/" + request.repository() + "/_manifests/tags/" + request.reference() + "/current/link");
        try {
            return Optional.of(request.withReference(Files.readString(link, StandardCharsets.US_ASCII)))
                    .filter(same -> find(same).isPresent());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Optional<Content> read(Key key) throws IOException {
        String hex = key.digest().substring("sha256:".length());
        Path data = root.resolve("blobs/sha256/" + hex.substring(0, 2) + "/" + hex + "/data");
        long size = Files.size(data);
        if (size == 0) {
            // A child that is about to write it, or that crashed.
            return Optional.empty();
        }
        if (size > SMALL) {
            return key.operation() == Operation.BLOB ? Optional.of(new Content.OnDisk(data, size)) : Optional.empty();
        }
        byte[] bytes = Files.readAllBytes(data);
        String type = key.operation() == Operation.BLOB ? "application/octet-stream" : mediaType(bytes);
        if (type.isEmpty()) {
            return Optional.empty();
        }
        Content.InMemory content = new Content.InMemory(bytes, type);
        SMALL_ONES.put(key, content);
        return Optional.of(content);
    }

    /** Whether what a request asks for by digest is certainly not here. */
    public boolean lacks(RegistryRequest request) {
        return request.reference().startsWith("sha256:")
                && isSound.getAsBoolean()
                && Files.notExists(link(request.operation(), request.repository(), request.reference()));
    }

    private boolean isLinked(Key key) throws IOException {
        return Files.readString(link(key.operation(), key.repository(), key.digest()), StandardCharsets.US_ASCII)
                .equals(key.digest());
    }

    private Path link(Operation operation, String repository, String digest) {
        String kind = operation == Operation.BLOB ? "_layers" : "_manifests/revisions";
        String hex = digest.substring("sha256:".length());
        return root.resolve("repositories/" + repository + "/" + kind + "/sha256/" + hex + "/link");
    }

    /** A manifest says what it is; the oldest kinds do not, and those that are unknown are left to the child, too. */
    private static String mediaType(byte[] manifest) throws IOException {
        String type = JSON.readTree(manifest).path("mediaType").asText();
        return RegistryRequest.MANIFESTS.contains(type) ? type : "";
    }
}
