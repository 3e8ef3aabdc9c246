package io.registrycache.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Uploads that a child began and aborted. It leaves them for a week. */
final class AbandonedUploads {

    private static final Logger LOG = LoggerFactory.getLogger(AbandonedUploads.class);
    private static final long LONGEST_PAUSE = Duration.ofHours(1).toMillis();

    private AbandonedUploads() {}

    /** Removes those without a write for an hour. */
    static void remove(UpstreamStorage storage, long now) throws IOException {
        for (Path uploads : folders(storage.layout().repositories())) {
            try (DirectoryStream<Path> each = Files.newDirectoryStream(uploads)) {
                for (Path upload : each) {
                    removeIfAbandoned(storage, upload, now);
                }
            } catch (NoSuchFileException | DirectoryIteratorException e) {
                LOG.debug("upstream={} {} went away meanwhile", storage, uploads);
            }
        }
    }

    private static void removeIfAbandoned(UpstreamStorage storage, Path upload, long now) throws IOException {
        try {
            if (Math.abs(now - lastWrite(upload)) > LONGEST_PAUSE) {
                RepositoryLinks.deleteTree(upload);
                LOG.info("upstream={} removed={} why=\"an upload that was abandoned\"", storage, upload);
            }
        } catch (NoSuchFileException | UncheckedIOException e) {
            LOG.debug("upstream={} {} went away meanwhile", storage, upload);
        }
    }

    private static List<Path> folders(Path repositories) throws IOException {
        List<Path> found = new ArrayList<>();
        new StoredFiles() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = folder.getFileName().toString();
                if (name.equals(Layout.UPLOADS)) {
                    found.add(folder);
                }
                return name.startsWith("_") ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }
        }.walk(repositories);
        return found;
    }

    private static long lastWrite(Path upload) throws IOException {
        try (Stream<Path> files = Files.walk(upload)) {
            return files.mapToLong(file -> file.toFile().lastModified()).max().orElse(0);
        }
    }
}
