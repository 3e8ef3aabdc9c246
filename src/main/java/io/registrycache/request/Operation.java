package io.registrycache.request;

import java.util.Locale;

/** What the registry API lets a client read. */
public enum Operation {
    PING,
    CATALOG,
    TAGS,
    MANIFEST,
    BLOB,
    /** What refers to a manifest: signatures, and other artifacts. */
    REFERRERS,
    /** The page for people, at the root. */
    HOME,
    /** What may be asked at all. */
    OPTIONS;

    private final String routeName = name().toLowerCase(Locale.ROOT);

    /** As the routes write it. */
    public String routeName() {
        return routeName;
    }
}
