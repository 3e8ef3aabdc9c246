package io.registrycache.storage;

import java.io.IOException;
import java.util.Optional;

/** Lists of referrers of one upstream's manifests, as bytes; there are not more than a bounded number. */
public interface ReferrerLists {

    /**
     * The list that was last put, or nothing.
     *
     * @param target at the upstream, which names the manifest and the page
     */
    Optional<byte[]> find(String repository, String target) throws IOException;

    /** Stores a list in place of an earlier one. */
    void put(String repository, String target, byte[] list) throws IOException;

    /** Removes a list, if there is one. */
    void remove(String repository, String target) throws IOException;
}
