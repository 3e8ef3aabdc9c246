package io.registrycache.storage;

import static io.registrycache.request.Json.JSON;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes files from a child's file system storage that would make it fail or serve wrong bytes; their content is
 * fetched again.
 */
public final class StorageRepair {

    private static final Logger LOG = LoggerFactory.getLogger(StorageRepair.class);
    /** Files that were written so shortly before the end may not have reached the disk. */
    private static final Duration UNSAFE = Duration.ofMinutes(10);

    private StorageRepair() {}

    /** A child panics on a schedule of expiries that was written by half (distribution issue 4478). */
    public static void beforeLaunch(Path storage) {
        Path schedule = storage.resolve("scheduler-state.json");
        if (!Files.exists(schedule)) {
            return;
        }
        try {
            if (!JSON.readTree(Files.readAllBytes(schedule)).isObject()) {
                throw new IOException("it is not an object");
            }
        } catch (IOException e) {
            LOG.warn("upstream={} the schedule of expiries is broken and is left out", storage.getFileName());
            schedule.toFile()
                    .renameTo(storage.resolve("scheduler-state.json.broken").toFile());
        }
    }

    /**
     * Checks the blobs that were written last before a crash against their digests, and removes those
     * that are wrong: a child serves a file as it is.
     */
    public static void afterCrash(Path storage) {
        Path blobs = new Layout(storage).blobs();
        if (!Files.isDirectory(blobs)) {
            return;
        }
        try {
            // Twice, for there may be hundreds of thousands of them.
            AtomicLong newest = new AtomicLong();
            forEach(blobs, (data, written) -> newest.accumulateAndGet(written, Math::max));
            forEach(blobs, (data, written) -> {
                if (written >= newest.get() - UNSAFE.toMillis()) {
                    removeIfBroken(storage, data);
                }
            });
        } catch (IOException e) {
            LOG.warn("upstream={} its storage could not be checked: {}", storage.getFileName(), e.getMessage());
        }
    }

    private static void removeIfBroken(Path storage, Path data) throws IOException {
        try {
            if (!isWhole(data)) {
                LOG.warn("upstream={} blob {} was written by half and is removed", storage.getFileName(), hex(data));
                Files.delete(data);
            }
        } catch (NoSuchFileException e) {
            LOG.debug("upstream={} blob {} was evicted meanwhile", storage.getFileName(), hex(data));
        }
    }

    private interface Visitor {
        /** Is given a blob's file, and when it was written, in milliseconds. */
        void visit(Path data, long written) throws IOException;
    }

    /** Visits each blob; content is evicted meanwhile. */
    private static void forEach(Path blobs, Visitor visitor) throws IOException {
        Files.walkFileTree(blobs, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (file.endsWith("data")) {
                    visitor.visit(file, attributes.lastModifiedTime().toMillis());
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) {
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static boolean isWhole(Path data) throws IOException {
        if (!data.toString().contains("/sha256/")) {
            return true;
        }
        try (InputStream bytes = Files.newInputStream(data)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int count = bytes.read(buffer); count >= 0; count = bytes.read(buffer)) {
                digest.update(buffer, 0, count);
            }
            return HexFormat.of().formatHex(digest.digest()).equals(hex(data));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    private static String hex(Path data) {
        return data.getName(data.getNameCount() - 2).toString();
    }
}
