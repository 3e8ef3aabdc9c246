package io.registrycache.upstream;

import java.io.IOException;

/**
 * An upstream could not be reached, did not answer in time, or broke off its answer. The message continues "the upstream
 * registry ghcr.io …" and contains no address but a host and a port.
 */
public final class UpstreamFailure extends IOException {

    public UpstreamFailure(String message) {
        super(message);
    }

    /** Failures are frequent and expected. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
