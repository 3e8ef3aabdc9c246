package io.registrycache.traffic;

/** Where an answer was found, as far as that can be known; written as RFC 9211 has it. */
public enum CacheOutcome {
    /** Stored, and sent without a question to the upstream. */
    HIT("hit"),
    /** A stored tag, sent without asking, as the upstream does not answer. */
    OFFLINE("hit; detail=offline"),
    /** Not stored; fetched from the upstream. */
    MISS("fwd=uri-miss"),
    /** A tag, which the upstream is asked about each time; its manifest may be stored. */
    TAG("fwd=bypass; detail=tag"),
    /** The child knows, and does not tell: its storage is not a file system, or the request has conditions. */
    CHILD("detail=child"),
    /** Nothing was looked up, or it ended in an error or a list that was made here. */
    HERE("detail=here");

    private final String cacheStatus;

    CacheOutcome(String parameters) {
        cacheStatus = "docker-registry-cache; " + parameters;
    }

    /** The value of the response header {@code Cache-Status}. */
    public String cacheStatus() {
        return cacheStatus;
    }

    public boolean isHit() {
        return this == HIT || this == OFFLINE;
    }
}
