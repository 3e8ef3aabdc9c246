package io.registrycache.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;

/**
 * When content was last used: the later of its file's two times. It is recorded as the time of access, which survives
 * restarts and works where the file system is mounted with {@code noatime}; the time of modification stays that of the
 * fetch.
 */
final class LastUse {

    /** It is recorded at most once in this time. */
    private static final long GRAIN = Duration.ofMinutes(10).toMillis();

    private static final long HOUR = Duration.ofHours(1).toMillis();

    private static final long USED_ONCE = 4;

    private LastUse() {}

    /** In milliseconds. */
    static long of(BasicFileAttributes attributes) {
        return Math.max(
                attributes.lastAccessTime().toMillis(),
                attributes.lastModifiedTime().toMillis());
    }

    /** Whether a use now is worth recording. */
    static boolean isDue(BasicFileAttributes attributes, long now) {
        long age = now - of(attributes);
        // Content from the future was written before the clock was set back.
        return age > GRAIN || age < -HOUR;
    }

    /**
     * How soon content is to go: the higher, the sooner. Content that was not used after its first hour counts as four
     * times as old, for it is more likely one of a scan, or of a version that was soon replaced. See bench/policy.
     */
    static long rank(BasicFileAttributes attributes, long now) {
        long age = Math.max(0, now - of(attributes));
        long proven = attributes.lastAccessTime().toMillis()
                - attributes.lastModifiedTime().toMillis();
        return proven > HOUR ? age : Math.min(age, Long.MAX_VALUE / USED_ONCE) * USED_ONCE;
    }

    static void record(Path file, long now) throws IOException {
        view(file).setTimes(null, FileTime.fromMillis(now), null);
    }

    /** Takes back that the file system recorded an access. */
    static void restore(Path file, BasicFileAttributes before) throws IOException {
        FileTime access = before.lastAccessTime();
        if (!Files.readAttributes(file, BasicFileAttributes.class)
                .lastAccessTime()
                .equals(access)) {
            view(file).setTimes(null, access, null);
        }
    }

    /** Whether a file's times are later than now, by more than clocks differ. */
    static boolean isInFuture(BasicFileAttributes attributes, long now) {
        return of(attributes) - now > HOUR;
    }

    /** Sets both times to now: the clock was wrong when they were set. */
    static void reset(Path file, long now) throws IOException {
        FileTime time = FileTime.fromMillis(now);
        view(file).setTimes(time, time, null);
    }

    private static BasicFileAttributeView view(Path file) {
        return Files.getFileAttributeView(file, BasicFileAttributeView.class);
    }
}
