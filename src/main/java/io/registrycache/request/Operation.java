package io.registrycache.request;

import java.util.Locale;

/** What the registry API lets a client read. */
public enum Operation {
    PING,
    CATALOG,
    TAGS,
    MANIFEST,
    BLOB;

    /** As the routes write it. */
    public String routeName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
