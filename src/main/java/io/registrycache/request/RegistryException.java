package io.registrycache.request;

/** Carries a {@link RegistryError} to the route that answers it; made often, so without a stack trace. */
public final class RegistryException extends Exception {

    private final transient RegistryError error;

    public RegistryException(RegistryError error) {
        super(error.message(), null, false, false);
        this.error = error;
    }

    public RegistryError error() {
        return error;
    }
}
