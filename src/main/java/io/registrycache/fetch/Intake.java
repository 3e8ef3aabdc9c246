package io.registrycache.fetch;

import io.registrycache.request.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;

/** Makes a verified spool stored content. */
public interface Intake {

    /**
     * Takes the file; blocks.
     *
     * @param repositories that may serve it
     */
    void takeIn(Digest digest, Path spool, Collection<String> repositories) throws IOException;

    /** Whether the content is taken in, and a repository may serve it. */
    default boolean serves(Digest digest, String repository) {
        return false;
    }

    /** Where the content is once it is taken in. */
    Path path(Digest digest);

    /** Lets another repository serve a stored blob; blocks for a moment. */
    void link(Digest digest, String repository) throws IOException;
}
