package io.registrycache.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A wall clock that a test sets while a program runs, with libfaketime; the monotonic clock is the machine's. */
public final class FakeClock implements AutoCloseable {

    private final TempFolder folder = TempFolder.create();

    private FakeClock() {
        set(Duration.ZERO);
    }

    /** A clock that is right. */
    public static FakeClock create() {
        return new FakeClock();
    }

    /** Skips the test, so that one can see it, where the library is not installed. */
    public static void assumeAvailable() {
        Needs.that(library().isPresent(), "libfaketime (faketime)");
    }

    /** For the environment of the program. */
    public Map<String, String> variables() {
        return Map.of(
                "LD_PRELOAD", library().orElseThrow().toString(),
                "FAKETIME_TIMESTAMP_FILE", folder.resolve("clock").toString(),
                "FAKETIME_CACHE_DURATION", "1",
                "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                // Its way around a bug of old C libraries makes every wait end at once.
                "FAKETIME_FORCE_MONOTONIC_FIX", "0",
                // The times of files stay those that are on the disk.
                "NO_FAKE_STAT", "1");
    }

    /** Sets the clock; programs see it within a second. */
    public void set(Duration ahead) {
        try {
            // In one step: a program may read it at any time.
            Path written = Files.writeString(folder.resolve("next"), "%+d".formatted(ahead.toSeconds()));
            Files.move(written, folder.resolve("clock"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Path> library() {
        try (Stream<Path> libraries = Files.walk(Path.of("/usr/lib"), 3)) {
            return libraries
                    .filter(file -> file.endsWith("faketime/libfaketimeMT.so.1"))
                    .findFirst();
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        folder.close();
    }
}
