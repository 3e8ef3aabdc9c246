package io.registrycache.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.registrycache.config.ConfigException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder beside the cached content where one run of the program keeps its children's configuration and a note of
 * each running child. Whoever starts after a run that was killed ends what that left running; two runs at once on the
 * same storage are refused.
 */
public final class RunFolder implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RunFolder.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NAME = ".docker-registry-cache";

    private final Path path;
    private final @Nullable FileLock lock;
    private final boolean afterCrash;
    private boolean closed;

    private RunFolder(Path path, @Nullable FileLock lock, boolean afterCrash) {
        this.path = path;
        this.lock = lock;
        this.afterCrash = afterCrash;
    }

    /** Takes the folder, and ends what an earlier run that was killed left behind. */
    public static RunFolder open(Map<String, String> environment) throws IOException {
        Optional<Path> storage = ChildSettings.filesystemRoot(environment);
        if (storage.isEmpty()) {
            return new RunFolder(Files.createTempDirectory("docker-registry-cache"), null, false);
        }
        Path path = created(storage.get().toAbsolutePath());
        Path running = path.resolve("running");
        boolean afterCrash = Files.exists(running);
        FileLock lock = locked(running, storage.get());
        RunFolder folder = new RunFolder(path, lock, afterCrash);
        folder.endLeftovers();
        return folder;
    }

    public Path path() {
        return path;
    }

    /** Whether the run before this one did not come to its end, so that its last writes may be lost. */
    public boolean isAfterCrash() {
        return afterCrash;
    }

    /** Notes a child, so that it can be found, and told from a stranger with the same number. */
    void remember(Process child, Path config) throws IOException {
        String started =
                child.toHandle().info().startInstant().map(Instant::toString).orElse("");
        Files.writeString(
                note(child.pid()),
                JSON.createObjectNode()
                        .put("pid", child.pid())
                        .put("started", started)
                        .put("config", config.toString())
                        .toString());
    }

    void forget(Process child) {
        note(child.pid()).toFile().delete();
    }

    /** Leaves the folder as one that nobody uses. */
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        // Once left, it may be another's.
        closed = true;
        if (lock == null) {
            deleteAll("*");
            Files.deleteIfExists(path);
            return;
        }
        deleteAll("*.{json,child}");
        Files.deleteIfExists(path.resolve("running"));
        lock.channel().close();
    }

    private static Path created(Path storage) {
        try {
            Files.createDirectories(storage);
            Path path = storage.resolve(NAME);
            if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectory(
                        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            return path;
        } catch (IOException e) {
            throw new ConfigException(
                    "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY",
                    storage + " cannot be written (" + e.getClass().getSimpleName()
                            + "); give a folder that this user may write to");
        }
    }

    private static FileLock locked(Path running, Path storage) throws IOException {
        FileChannel channel = FileChannel.open(running, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return lock;
            }
        } catch (OverlappingFileLockException e) {
            LOG.debug("locked by this very process", e);
        }
        channel.close();
        throw new ConfigException(
                "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY",
                storage
                        + " is in use by another docker-registry-cache; stop that one, or give this one its own folder");
    }

    private void endLeftovers() throws IOException {
        List<ProcessHandle> leftovers = new ArrayList<>();
        try (DirectoryStream<Path> notes = Files.newDirectoryStream(path, "*.child")) {
            for (Path note : notes) {
                leftover(note).ifPresent(leftovers::add);
                Files.deleteIfExists(note);
            }
        }
        leftovers.forEach(ProcessHandle::destroyForcibly);
        leftovers.forEach(RunFolder::awaitEnd);
    }

    private static Optional<ProcessHandle> leftover(Path note) {
        try {
            JsonNode noted = JSON.readTree(Files.readString(note));
            return ProcessHandle.of(noted.path("pid").asLong()).filter(process -> isThe(noted, process.info()));
        } catch (IOException e) {
            LOG.warn("cannot tell what {} was about: {}", note.getFileName(), e.getMessage());
            return Optional.empty();
        }
    }

    private static void awaitEnd(ProcessHandle leftover) {
        LOG.info("ended child {} of an earlier run that was killed", leftover.pid());
        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (leftover.isAlive() && System.nanoTime() < patience) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    /** The number alone could be a stranger's by now. */
    private static boolean isThe(JsonNode noted, ProcessHandle.Info info) {
        return info.startInstant()
                        .map(Instant::toString)
                        .orElse("")
                        .equals(noted.path("started").asText())
                && info.commandLine().orElse("").endsWith(noted.path("config").asText());
    }

    private Path note(long pid) {
        return path.resolve(pid + ".child");
    }

    private void deleteAll(String pattern) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path, pattern)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
    }
}
