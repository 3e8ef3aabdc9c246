package io.registrycache.fetch;

import io.registrycache.request.Digest;
import java.nio.file.Path;
import java.util.Collection;

/** Keeps nothing: each fetch serves the clients that came while it went on. */
public record NoIntake() implements Intake {

    @Override
    public void takeIn(Digest digest, Path spool, Collection<String> repositories) {
        // The spool is deleted afterwards.
    }

    @Override
    public Path path(Digest digest) {
        return Path.of("/nonexistent");
    }

    @Override
    public void link(Digest digest, String repository) {
        // There is nothing to link.
    }
}
