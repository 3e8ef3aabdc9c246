package io.registrycache.process;

import io.registrycache.config.ConfigException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The claim of one run of the program on a folder in which upstreams store.
 *
 * @param running exists, and is locked, while the program runs
 * @param isAfterCrash whether the run before did not come to its end
 */
record RootLock(Path running, FileLock lock, boolean isAfterCrash) {

    private static final Logger LOG = LoggerFactory.getLogger(RootLock.class);

    /**
     * Takes a folder, which is made if it does not exist.
     *
     * @param folder below the root in which the file lies
     * @param file its name
     */
    static RootLock take(Path root, String folder, String file) throws IOException {
        Path running = created(root, folder).resolve(file);
        boolean exists = Files.exists(running);
        return new RootLock(running, locked(running, root), exists);
    }

    /** Takes it again if the file was removed, with all that was beside it, say. */
    RootLock restored(Path root, String folder, String file) throws IOException {
        if (Files.exists(running)) {
            return this;
        }
        LOG.warn("{} was removed, and is made again", running);
        RootLock again = take(root, folder, file);
        lock.channel().close();
        return new RootLock(again.running, again.lock, isAfterCrash);
    }

    void release() throws IOException {
        Files.deleteIfExists(running);
        lock.channel().close();
    }

    private static Path created(Path storage, String folder) {
        try {
            Files.createDirectories(storage);
            Path path = storage.resolve(folder);
            if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectory(
                        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            return path;
        } catch (IOException e) {
            throw notWritable(storage, e);
        }
    }

    private static ConfigException notWritable(Path storage, IOException why) {
        return new ConfigException(
                "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY",
                storage + " cannot be written ("
                        + why.getClass().getSimpleName().replaceFirst("Exception$", "")
                        + "); give a folder that this user may write to");
    }

    private static FileLock locked(Path running, Path storage) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(running, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw notWritable(storage, e);
        }
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
}
