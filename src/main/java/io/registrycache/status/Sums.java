package io.registrycache.status;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * Requests and bytes of a period.
 *
 * @param bytesFromCache of hits; {@code bytesFromUpstream} of misses
 */
record Sums(long hits, long misses, long errors, long bytesFromCache, long bytesFromUpstream) {

    static final Sums NOTHING = new Sums(0, 0, 0, 0, 0);

    Sums {
        if (hits < 0 || misses < 0 || errors < 0 || bytesFromCache < 0 || bytesFromUpstream < 0) {
            throw new IllegalArgumentException("a sum is below zero");
        }
    }

    @JsonIgnore
    boolean isNothing() {
        return equals(NOTHING);
    }

    Sums plus(Outcome outcome, int requests, long bytes) {
        return switch (outcome) {
            case HIT -> new Sums(hits + requests, misses, errors, bytesFromCache + bytes, bytesFromUpstream);
            case MISS -> new Sums(hits, misses + requests, errors, bytesFromCache, bytesFromUpstream + bytes);
            case UNKNOWN -> new Sums(hits, misses, errors, bytesFromCache, bytesFromUpstream + bytes);
            case ERROR -> new Sums(hits, misses, errors + requests, bytesFromCache, bytesFromUpstream);
        };
    }
}
