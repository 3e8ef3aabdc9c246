package io.registrycache.process;

import io.registrycache.config.ConfigException;
import io.registrycache.config.Upstream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder where one run of the program keeps its children's configuration and a note of each running child: beside
 * the cached content, or, when that is in no file system, a temporary one. A run that starts after one that was killed
 * ends the children that it left running; two runs at once on the same files are refused.
 */
public final class RunFolder implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RunFolder.class);
    static final String NAME = ".docker-registry-cache";

    static final String RUNNING = "running";
    private static final String TEMPORARY = "docker-registry-cache";
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rwx------");

    private final Path path;
    private final boolean temporary;
    private Optional<FileLock> ownLock;
    /** The folders in which upstreams store, and whose run files are there to be locked. */
    private final Map<Path, RootLock> roots;

    private boolean closed;

    private RunFolder(Path path, boolean temporary, Optional<FileLock> ownLock, Map<Path, RootLock> roots) {
        this.path = path;
        this.temporary = temporary;
        this.ownLock = ownLock;
        this.roots = new ConcurrentHashMap<>(roots);
    }

    /**
     * Takes the folder, and ends the children that a killed run left behind.
     *
     * @param upstreams may have roots of their own in their variables, which are taken too
     */
    public static RunFolder open(Map<String, String> environment, List<Upstream> upstreams) throws IOException {
        Optional<Path> shared = StorageDriver.filesystemRoot(environment);
        Map<Path, RootLock> roots = new LinkedHashMap<>();
        if (shared.isPresent()) {
            roots.put(shared.get(), RootLock.take(shared.get(), NAME, RUNNING));
        }
        for (Path root : rootsOf(environment, upstreams)) {
            if (!roots.containsKey(root)) {
                roots.put(root, RootLock.take(root, NAME, RUNNING));
            }
        }
        if (shared.isPresent()) {
            Path path = shared.get().resolve(NAME);
            Leftovers.end(path);
            return new RunFolder(path, false, Optional.empty(), roots);
        }
        Path temp = Path.of(System.getProperty("java.io.tmpdir"));
        sweep(temp);
        Path path = Files.createTempDirectory(temp, TEMPORARY);
        return new RunFolder(path, true, Optional.of(lockedBeforeSeen(path)), roots);
    }

    /** The folders in which upstreams store that store on a file system. */
    private static Set<Path> rootsOf(Map<String, String> environment, Collection<Upstream> upstreams) {
        Set<Path> roots = new LinkedHashSet<>();
        upstreams.forEach(
                upstream -> ChildSettings.filesystemRoot(upstream, environment).ifPresent(roots::add));
        return roots;
    }

    /**
     * Takes the folders of more upstreams, too: all of them or none.
     *
     * @throws ConfigException when another program uses one of them
     */
    public synchronized void take(Map<String, String> environment, Collection<Upstream> upstreams) throws IOException {
        Map<Path, RootLock> taken = new HashMap<>();
        try {
            for (Path root : rootsOf(environment, upstreams)) {
                if (!closed && !roots.containsKey(root)) {
                    taken.put(root, RootLock.take(root, NAME, RUNNING));
                }
            }
        } catch (IOException | ConfigException e) {
            for (RootLock lock : taken.values()) {
                lock.release();
            }
            throw e;
        }
        roots.putAll(taken);
    }

    /** Leaves the folders that are not among these. */
    public synchronized void leaveOthers(Collection<Path> used) throws IOException {
        for (Path root : List.copyOf(roots.keySet())) {
            RootLock lock = roots.get(root);
            if (!closed && !used.contains(root) && !path.startsWith(root) && lock != null) {
                roots.remove(root);
                lock.release();
            }
        }
    }

    public Path path() {
        return path;
    }

    /**
     * Whether the run before this one that used a folder did not come to its end, so that its last writes may be lost.
     */
    boolean isAfterCrash(Path root) {
        return Optional.ofNullable(roots.get(root))
                .filter(RootLock::isAfterCrash)
                .isPresent();
    }

    /** Notes a child, so that it can be found, and told from a stranger with the same number. */
    synchronized void remember(Process child, Path config) throws IOException {
        if (closed) {
            throw new IOException(path + " is left, so no child may be launched");
        }
        Files.writeString(note(child.pid()), Leftovers.note(child, config));
    }

    void forget(Process child) {
        note(child.pid()).toFile().delete();
    }

    /** Makes the folder again if a program that cleans up has removed it, and marks it as one in use. */
    synchronized void restore() throws IOException {
        if (closed) {
            return;
        }
        for (Map.Entry<Path, RootLock> each : roots.entrySet()) {
            each.setValue(each.getValue().restored(each.getKey(), NAME, RUNNING));
        }
        if (temporary && !Files.exists(path.resolve(RUNNING))) {
            restoreTemporary();
        }
    }

    private void restoreTemporary() throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            // A download has made it again, or a stranger.
            if (!isOwn(path)) {
                throw new IOException(path + " was removed, and is another user's now; restart the program");
            }
            Files.setPosixFilePermissions(path, PRIVATE);
        } else {
            Files.createDirectory(path, PosixFilePermissions.asFileAttribute(PRIVATE));
        }
        LOG.warn("{} was removed, and is made again", path);
        if (ownLock.isPresent()) {
            ownLock.get().channel().close();
        }
        ownLock = Optional.of(lockedBeforeSeen(path));
    }

    /** Marks the folder as unused. */
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        // Once left, it may be another's.
        closed = true;
        if (temporary) {
            deleteAll(path, "*");
            Files.deleteIfExists(path);
        } else {
            deleteAll(path, "*.{json,child}");
        }
        for (RootLock lock : roots.values()) {
            lock.release();
        }
        if (ownLock.isPresent()) {
            ownLock.get().channel().close();
        }
    }

    /**
     * Ends and removes the children and files that killed runs of this user left in temporary folders; those of running
     * ones are locked.
     */
    private static void sweep(Path temp) throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(temp, TEMPORARY + "*")) {
            for (Path folder : folders) {
                Path file = folder.resolve(RUNNING);
                if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS) && Files.isWritable(file) && isOurs(folder)) {
                    sweepOne(folder, file);
                }
            }
        }
    }

    private static void sweepOne(Path folder, Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            if (channel.tryLock() != null) {
                Leftovers.end(folder);
                deleteAll(folder, "*");
                Files.deleteIfExists(folder);
            }
        } catch (IOException | OverlappingFileLockException e) {
            LOG.debug("{} is left alone: {}", folder, e.getMessage());
        }
    }

    private static boolean isOurs(Path folder) throws IOException {
        return isOwn(folder) && Files.getPosixFilePermissions(folder).equals(PRIVATE);
    }

    private static boolean isOwn(Path folder) throws IOException {
        return Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(Path.of("/proc/self")));
    }

    /** The file bears its name only once it is locked, so that another run does not take it for one of a killed run. */
    private static FileLock lockedBeforeSeen(Path folder) throws IOException {
        Path file = folder.resolve("starting");
        FileLock lock = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)
                .lock();
        Files.move(file, folder.resolve(RUNNING));
        return lock;
    }

    private Path note(long pid) {
        return path.resolve(pid + ".child");
    }

    private static void deleteAll(Path path, String pattern) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path, pattern)) {
            for (Path file : files) {
                if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                    deleteAll(file, "*");
                }
                Files.deleteIfExists(file);
            }
        }
    }
}
