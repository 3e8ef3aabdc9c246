package io.registrycache.config;

/** A mistake in the configuration; its message is one line that names the place and the mend, and never a value of {@code variables}. */
public final class ConfigException extends RuntimeException {

    public ConfigException(String place, String mend) {
        super(place + ": " + mend);
    }
}
