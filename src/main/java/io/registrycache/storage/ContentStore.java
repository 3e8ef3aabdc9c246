package io.registrycache.storage;

import io.registrycache.request.Digest;
import io.registrycache.request.Operation;
import io.registrycache.request.RegistryRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The content of one upstream in its child's file system storage, by digest: the content that a repository links to, as
 * the child demands it too. Layout: distribution's registry/storage/paths.go.
 */
public final class ContentStore {

    private static final Logger LOG = LoggerFactory.getLogger(ContentStore.class);

    private final Layout layout;
    private final Uses uses;
    private final InUse inUse;
    private final BooleanSupplier isSound;
    private final SmallContent memory;

    /**
     * Over the folder of one upstream.
     *
     * @param inUse gets the content that is being read
     * @param isSound whether the stored files may be trusted by now
     * @param memory of all upstreams
     */
    public ContentStore(Layout layout, InUse inUse, BooleanSupplier isSound, SmallContent memory) {
        this.layout = layout;
        this.uses = new Uses(layout);
        this.inUse = inUse;
        this.isSound = isSound;
        this.memory = memory;
    }

    /** The content of a request by digest, if it is stored. */
    public Optional<Content> find(RegistryRequest request) {
        if (!request.isForContent() || !isSound.getAsBoolean()) {
            return Optional.empty();
        }
        SmallContent.Key key = new SmallContent.Key(
                request.upstream().name(), request.operation(), request.repository(), request.reference());
        Content.@Nullable InMemory remembered = memory.find(key);
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

    /** Resolves a tag to the digest that its upstream last named; the manifest may be stored or not. */
    public Optional<RegistryRequest> digestOf(RegistryRequest request) {
        if (!request.isForTag()) {
            return Optional.empty();
        }
        try {
            return new RepositoryLinks(layout, request.repository())
                    .manifest(request.reference())
                    .map(digest -> request.withReference(digest.toString()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Optional<Content> read(SmallContent.Key key) throws IOException {
        Path data = path(Digest.of(key.digest()));
        BasicFileAttributes attributes = Files.readAttributes(data, BasicFileAttributes.class);
        long size = attributes.size();
        if (size == 0) {
            // A child that is about to write it, or that crashed.
            return Optional.empty();
        }
        // A manifest may be new, and its layers old.
        if (key.operation() == Operation.MANIFEST || LastUse.isDue(attributes, System.currentTimeMillis())) {
            used(key.operation(), Digest.of(key.digest()));
        }
        boolean isSmall = size <= SmallContent.LARGEST;
        byte[] bytes = isSmall ? Files.readAllBytes(data) : new byte[0];
        String type = key.operation() == Operation.BLOB
                ? "application/octet-stream"
                : isSmall ? StoredType.of(bytes) : StoredType.of(data, SmallContent.LARGEST);
        if (type.isEmpty()) {
            return Optional.empty();
        }
        if (!isSmall) {
            return Optional.of(new Content.OnDisk(data, size, type, Digest.of(key.digest()), inUse));
        }
        Content.InMemory content = new Content.InMemory(bytes, type);
        memory.keep(key, content);
        return Optional.of(content);
    }

    /** Content of that digest is served, from here or by the child. */
    public void used(Operation operation, Digest digest) {
        if (operation == Operation.BLOB) {
            uses.ofBlob(digest);
        } else {
            uses.ofManifest(digest);
        }
    }

    /** Whether the content of a request by digest is certainly not stored. */
    public boolean lacks(RegistryRequest request) {
        return request.isForContent()
                && isSound.getAsBoolean()
                && (Files.notExists(link(request.operation(), request.repository(), request.reference()))
                        || Files.notExists(path(Digest.of(request.reference()))));
    }

    /** Whether the bytes are here, for whichever repository. */
    public boolean has(Digest digest) {
        return isSound.getAsBoolean() && path(digest).toFile().length() > 0;
    }

    /** Whether the bytes are here, and a repository may serve them. */
    public boolean serves(Digest digest, String repository) {
        return has(digest) && Files.exists(link(Operation.BLOB, repository, digest.toString()));
    }

    /** Where the bytes of a digest are, or would be. */
    public Path path(Digest digest) {
        return layout.data(digest);
    }

    /** Makes a verified file on the same file system the content of its digest. */
    public void takeIn(Digest digest, Path file, Collection<String> repositories) throws IOException {
        // Links first: content without one would be taken for another repository's.
        for (String repository : repositories) {
            link(digest, repository);
        }
        Path data = path(digest);
        try {
            move(file, data);
        } catch (NoSuchFileException e) {
            // Its folder was just evicted with its content.
            move(file, data);
        }
    }

    private static void move(Path file, Path data) throws IOException {
        Files.createDirectories(data.getParent());
        Files.move(file, data, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Stores a manifest that its child cannot store, under the digest that it is asked for by. */
    public void takeInManifest(RegistryRequest request, byte[] manifest) throws IOException {
        Digest digest = Digest.of(request.reference());
        writeWhole(path(digest), manifest);
        link(Operation.MANIFEST, digest, request.repository());
    }

    /** Lets a repository serve a blob that is here. */
    public void link(Digest digest, String repository) throws IOException {
        link(Operation.BLOB, digest, repository);
    }

    private void link(Operation operation, Digest digest, String repository) throws IOException {
        writeWhole(
                link(operation, repository, digest.toString()),
                digest.toString().getBytes(StandardCharsets.US_ASCII));
    }

    /** Moves a written file into place, so that no reader sees half of it. */
    private static void writeWhole(Path file, byte[] content) throws IOException {
        Files.createDirectories(file.getParent());
        String written = file.getFileName() + "."
                + Long.toHexString(ThreadLocalRandom.current().nextLong());
        Files.move(Files.write(file.resolveSibling(written), content), file, StandardCopyOption.ATOMIC_MOVE);
    }

    private boolean isLinked(SmallContent.Key key) throws IOException {
        return Files.readString(link(key.operation(), key.repository(), key.digest()), StandardCharsets.US_ASCII)
                .equals(key.digest());
    }

    private Path link(Operation operation, String repository, String digest) {
        Path links = operation == Operation.BLOB ? layout.layers(repository) : layout.manifests(repository);
        return Layout.link(links, Digest.of(digest)).resolve("link");
    }
}
