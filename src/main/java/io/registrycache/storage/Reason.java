package io.registrycache.storage;

/** Why content was removed. */
public enum Reason {
    /** There was more than the limit. */
    LIMIT,
    /** It was not used for long. */
    KEEP,
    /** An operator removed it. */
    PURGE
}
