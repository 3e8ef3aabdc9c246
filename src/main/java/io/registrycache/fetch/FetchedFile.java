package io.registrycache.fetch;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file with what a fetch has received: its spool, until that becomes stored content. */
record FetchedFile(Blob blob, Spool spool, Fetches all) {

    private static final Logger LOG = LoggerFactory.getLogger(FetchedFile.class);

    /** Opens it for one reader. */
    FileChannel open(boolean isStored) throws IOException {
        Path stored = all.intake().path(blob.digest());
        // Once it is stored, a spool of that name may be another fetch's.
        Path likely = isStored ? stored : spool.file();
        try {
            return FileChannel.open(likely, StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            // It has just become stored content, or could not.
            return FileChannel.open(isStored ? spool.file() : stored, StandardOpenOption.READ);
        }
    }

    /** Makes it stored content of some repositories; blocks. */
    void takeIn(Collection<String> repositories) throws IOException {
        all.intake().takeIn(blob.digest(), spool.file(), repositories);
    }

    /** Lets more repositories serve what is stored; blocks for a moment. */
    void link(Collection<String> repositories) throws IOException {
        for (String repository : repositories) {
            all.intake().link(blob.digest(), repository);
        }
    }

    /**
     * Leaves the spool.
     *
     * @param continuable whether the next fetch may go on where this one ends
     */
    void leave(boolean continuable) {
        try {
            if (continuable) {
                spool.close();
            } else {
                spool.delete();
            }
        } catch (IOException e) {
            LOG.debug("{} its spool is not in order: {}", blob, e.getMessage());
        }
    }
}
