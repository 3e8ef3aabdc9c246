package io.registrycache.upstream;

import io.registrycache.request.RegistryError;
import io.registrycache.request.RegistryException;
import java.security.SecureRandom;
import java.util.List;
import java.util.regex.Pattern;

/** Detects requests that come back to this cache, also through others, by the list of caches in them; RFC 8586. */
public final class CacheLoop {

    public static final String HEADER = "CDN-Loop";
    /** This run of the program. */
    static final String ID = "docker-registry-cache-" + Long.toHexString(new SecureRandom().nextLong());
    /** Some fifty caches; a longer list is an attack, or a loop of caches that do not look for one. */
    private static final Pattern LIST = Pattern.compile("[\\t\\x20-\\x7e]{0,2000}");

    private CacheLoop() {}

    /**
     * The caches that a request came through, for those that follow from it.
     *
     * @throws RegistryException if this cache is one of them, or the list is not to be passed on
     */
    public static String passed(List<String> headers) throws RegistryException {
        String list = String.join(", ", headers);
        if (list.contains(ID)) {
            throw RegistryError.loop().exception();
        }
        if (!LIST.matcher(list).matches()) {
            throw RegistryError.badRequest("the header " + HEADER + " is too long, or malformed")
                    .exception();
        }
        return list;
    }

    /** The header's value for a request that follows from one with this list. */
    static String after(String passed) {
        return passed.isEmpty() ? ID : passed + ", " + ID;
    }
}
