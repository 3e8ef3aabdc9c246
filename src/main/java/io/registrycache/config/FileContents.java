package io.registrycache.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The contents of some files, read again and again: mounts in containers send no events, and editors replace files. A
 * file is read again when its time, size or inode changed.
 */
public final class FileContents {

    /** A file may be written twice within the grain of its time. */
    private static final Duration GRAIN = Duration.ofSeconds(3);
    /** No configuration is as large. */
    private static final long LARGEST = 16 << 20;

    private record Look(
            FileTime modified, long size, @Nullable Object inode, boolean isSettled, String digest) {}

    private final Map<Path, Look> looks = new HashMap<>();

    /** A digest of each file's content, or the reason why it cannot be read. */
    public Map<Path, String> of(Collection<Path> files) {
        looks.keySet().retainAll(files);
        Map<Path, String> contents = new TreeMap<>();
        for (Path file : files) {
            try {
                contents.put(file, look(file).digest());
            } catch (NoSuchFileException e) {
                contents.put(file, "missing");
            } catch (IOException e) {
                contents.put(file, e.getClass().getSimpleName());
            }
        }
        return contents;
    }

    private Look look(Path file) throws IOException {
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
        Look known = looks.get(file);
        if (known != null
                && known.isSettled()
                && known.modified().equals(now.lastModifiedTime())
                && known.size() == now.size()
                && Objects.equals(known.inode(), now.fileKey())) {
            return known;
        }
        long age = System.currentTimeMillis() - now.lastModifiedTime().toMillis();
        Look look = new Look(
                now.lastModifiedTime(),
                now.size(),
                now.fileKey(),
                Math.abs(age) > GRAIN.toMillis(),
                // A pipe can be read once.
                now.isRegularFile() && now.size() <= LARGEST ? digest(file) : "not a file");
        looks.put(file, look);
        return look;
    }

    private static String digest(Path file) throws IOException {
        try {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(hash.digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
