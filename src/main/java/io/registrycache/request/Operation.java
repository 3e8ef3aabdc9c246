package io.registrycache.request;

import java.util.Locale;

/** The reading operations of the registry API. */
public enum Operation {
    PING,
    CATALOG,
    TAGS,
    MANIFEST,
    BLOB,
    /** The list of referrers of a manifest: signatures, and other artifacts. */
    REFERRERS,
    /** The page for people, at the root. */
    HOME,
    /** The methods that are allowed. */
    OPTIONS;

    private final String routeName = name().toLowerCase(Locale.ROOT);

    /** As the routes write it. */
    public String routeName() {
        return routeName;
    }
}
