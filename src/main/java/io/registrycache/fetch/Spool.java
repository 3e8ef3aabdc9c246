package io.registrycache.fetch;

import io.registrycache.request.Digest;
import io.registrycache.storage.Layout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The file into which a blob is downloaded, and beside it the record of the received bytes, so that a download goes on
 * where a crash interrupted it.
 *
 * <p>The record: 8 bytes each for {@value #VERSION}, the blob's size and the length of the repository's name, the name
 * in {@value #NAME} bytes, and for each part 8 bytes each for its start, its end and its position.
 */
final class Spool {

    private static final long VERSION = 1;
    private static final int NAME = 1000;
    private static final int HEAD = 24 + NAME;
    private static final int ENTRY = 24;

    private final Path file;
    private final Path recordFile;
    private final FileChannel data;
    private final FileChannel record;

    /** The content of a record. */
    record Recorded(String repository, long size, List<Part> parts) {
        long received() {
            return parts.stream()
                    .mapToLong(part -> part.position() - part.start())
                    .sum();
        }
    }

    private Spool(Path file, Path recordFile) throws IOException {
        this.file = file;
        this.recordFile = recordFile;
        this.data =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            this.record = FileChannel.open(
                    recordFile, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException e) {
            data.close();
            throw e;
        }
    }

    /** Opens the spool of a blob, which may be one that an earlier run left. */
    static Spool open(Path folder, Digest digest) throws IOException {
        Files.createDirectories(folder);
        String name = digest.algorithm() + "-" + digest.hex();
        return new Spool(folder.resolve(name), folder.resolve(name + Layout.SPOOL_RECORD));
    }

    /** The spool of an earlier run, if there is one. */
    Optional<Recorded> recorded() throws IOException {
        ByteBuffer all = ByteBuffer.allocate((int) Math.min(record.size(), 16 << 20));
        record.read(all, 0);
        all.flip();
        if (all.remaining() < HEAD || all.getLong() != VERSION) {
            return Optional.empty();
        }
        long size = all.getLong();
        int length = (int) all.getLong();
        if (length < 1 || length > NAME) {
            return Optional.empty();
        }
        String repository = new String(all.array(), all.position(), length, StandardCharsets.UTF_8);
        all.position(HEAD);
        List<Part> parts = new ArrayList<>();
        while (all.remaining() >= ENTRY) {
            long start = all.getLong();
            long end = all.getLong();
            long position = Math.min(all.getLong(), data.size());
            if (start < 0 || position < start || end < position || end > size) {
                return Optional.empty();
            }
            parts.add(new Part(parts.size(), start, position, end));
        }
        return Optional.of(new Recorded(repository, size, parts));
    }

    /** Begins the record, when the blob's size is known. */
    void begin(String repository, long size) throws IOException {
        byte[] name = repository.getBytes(StandardCharsets.UTF_8);
        ByteBuffer head = ByteBuffer.allocate(HEAD);
        head.putLong(VERSION).putLong(size).putLong(name.length).put(name).position(HEAD);
        write(record, head.flip(), 0);
    }

    /** Records a part that is new, or whose end changed. */
    void record(Part part) throws IOException {
        ByteBuffer entry = ByteBuffer.allocate(ENTRY);
        entry.putLong(part.start()).putLong(part.end()).putLong(part.position());
        write(record, entry.flip(), place(part));
    }

    /** Records how far a part is; after its bytes are written. */
    void recordPosition(Part part) throws IOException {
        ByteBuffer position = ByteBuffer.allocate(8).putLong(part.position());
        write(record, position.flip(), place(part) + 16);
    }

    private static long place(Part part) {
        return HEAD + (long) ENTRY * part.number();
    }

    /** Writes bytes of the blob. */
    long write(ByteBuffer[] parts, long position) throws IOException {
        long at = position;
        for (ByteBuffer part : parts) {
            at += write(data, part, at);
        }
        return at - position;
    }

    private static long write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
        return at - position;
    }

    int read(ByteBuffer into, long position) throws IOException {
        return data.read(into, position);
    }

    Path file() {
        return file;
    }

    /** Leaves the files, to be continued. */
    void close() throws IOException {
        data.close();
        record.close();
    }

    /** Removes the files, unless they were moved into the storage. */
    void delete() throws IOException {
        close();
        Files.deleteIfExists(recordFile);
        Files.deleteIfExists(file);
    }
}
