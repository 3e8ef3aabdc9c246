package io.registrycache.upstream;

import java.security.SecureRandom;
import java.util.List;

/** Detects requests that come back to this cache; RFC 8586. */
public final class CacheLoop {

    public static final String HEADER = "CDN-Loop";
    /** This run of the program. */
    static final String ID = "docker-registry-cache-" + Long.toHexString(new SecureRandom().nextLong());

    private CacheLoop() {}

    /** Whether a request went through this cache before. */
    public static boolean isIn(List<String> headers) {
        return headers.stream().anyMatch(header -> header.contains(ID));
    }
}
