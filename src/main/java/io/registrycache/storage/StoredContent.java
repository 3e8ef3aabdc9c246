package io.registrycache.storage;

import io.registrycache.request.Digest;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of one upstream's content: blobs, interrupted downloads, and lists of referrers. There may be hundreds of thousands, so each
 * costs one look at its attributes: the folder that a blob has for itself is not listed.
 */
final class StoredContent {

    private static final Logger LOG = LoggerFactory.getLogger(StoredContent.class);
    private static final Path DATA = Path.of("data");

    private final UpstreamStorage storage;
    private final Pace pace;

    StoredContent(UpstreamStorage storage, Pace pace) {
        this.storage = storage;
        this.pace = pace;
    }

    interface Visitor {
        void visit(Path file, BasicFileAttributes attributes) throws IOException;
    }

    private interface Entry {
        void visit(Path entry) throws IOException;
    }

    /** Visits each file; one that comes or goes meanwhile, or not. */
    void forEach(Visitor visitor) throws IOException {
        Layout layout = storage.layout();
        list(
                layout.blobs(),
                algorithm -> list(
                        algorithm,
                        prefix -> list(prefix, blob -> {
                            visit(visitor, blob.resolve(DATA));
                            pace.step();
                        })));
        list(layout.referrers(), repository -> list(repository, lists -> visit(visitor, lists)));
        list(layout.spools(), spool -> {
            Optional<Digest> digest = Layout.digestOfSpool(spool);
            // Downloads under way are reserved.
            if (digest.isPresent() && !storage.inUse().isHeld(digest.get())) {
                visit(visitor, spool);
            }
        });
    }

    private static void list(Path folder, Entry visitor) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                visitor.visit(entry);
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            LOG.debug("{} is left out: {}", folder, e.toString());
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private static void visit(Visitor visitor, Path file) throws IOException {
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(file, BasicFileAttributes.class);
        } catch (IOException e) {
            LOG.debug("{} is left out: {}", file, e.toString());
            return;
        }
        try {
            visitor.visit(file, attributes);
        } catch (NoSuchFileException e) {
            LOG.debug("{} went away meanwhile", file);
        }
    }
}
