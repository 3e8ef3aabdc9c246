package io.registrycache.upstream;

import java.io.IOException;

/**
 * An upstream could not be reached, did not answer in time, or broke off its answer. The message continues "the upstream
 * registry ghcr.io …" and contains no address but a host and a port.
 */
public final class UpstreamFailure extends IOException {

    private final Obstacle obstacle;

    public UpstreamFailure(String message) {
        this(Obstacle.OTHER, message);
    }

    public UpstreamFailure(Obstacle obstacle, String message) {
        super(message);
        this.obstacle = obstacle;
    }

    public Obstacle obstacle() {
        return obstacle;
    }

    /** Failures are frequent and expected. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
