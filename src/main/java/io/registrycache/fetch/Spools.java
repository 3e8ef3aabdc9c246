package io.registrycache.fetch;

import io.registrycache.request.Digest;
import io.registrycache.storage.Layout;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The folder with the spools of one upstream. */
final class Spools {

    /** Left on the disk for small files. */
    private static final long RESERVE = 4 << 20;

    private final Path folder;
    /** Whether the last spool could not be written. */
    private volatile boolean isFull;

    /** On the file system where the intake keeps content. */
    Spools(Path folder) {
        this.folder = folder;
    }

    Spool open(Digest digest) throws IOException {
        return Spool.open(folder, digest);
    }

    /** What an earlier run of the program received, if that is known. */
    static Optional<Spool.Recorded> recorded(Spool spool) {
        try {
            return spool.recorded();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The blobs of which there are spools; blocks for a moment. */
    List<Digest> left() throws IOException {
        List<Digest> digests = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "sha*")) {
            files.forEach(file -> Layout.digestOfSpool(file).ifPresent(digests::add));
        }
        return digests;
    }

    /** Whether spools can be written, as far as is known. */
    boolean hasRoom() {
        isFull = isFull && usable() < RESERVE;
        return !isFull;
    }

    /** A spool could not be written. */
    void noRoom() {
        isFull = true;
    }

    private long usable() {
        try {
            return Files.getFileStore(folder).getUsableSpace();
        } catch (IOException e) {
            return 0;
        }
    }
}
