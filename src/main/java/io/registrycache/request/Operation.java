package io.registrycache.request;

import java.util.Locale;

/** What the registry API lets a client read. */
public enum Operation {
    PING,
    CATALOG,
    TAGS,
    MANIFEST,
    BLOB;

    private final String routeName = name().toLowerCase(Locale.ROOT);

    /** As the routes write it. */
    public String routeName() {
        return routeName;
    }
}
