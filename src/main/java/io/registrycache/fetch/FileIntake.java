package io.registrycache.fetch;

import io.registrycache.request.Digest;
import io.registrycache.storage.ContentStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;

/** Moves spools to where the child keeps blobs on a file system. */
public record FileIntake(ContentStore store) implements Intake {

    @Override
    public void takeIn(Digest digest, Path spool, Collection<String> repositories) throws IOException {
        store.takeIn(digest, spool, repositories);
    }

    @Override
    public boolean serves(Digest digest, String repository) {
        return store.serves(digest, repository);
    }

    @Override
    public Path path(Digest digest) {
        return store.path(digest);
    }

    @Override
    public void link(Digest digest, String repository) throws IOException {
        store.link(digest, repository);
    }
}
