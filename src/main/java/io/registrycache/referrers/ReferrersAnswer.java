package io.registrycache.referrers;

import io.registrycache.request.RegistryError;

/** The answer to a question for the referrers of a manifest. */
sealed interface ReferrersAnswer {

    /**
     * One page of them.
     *
     * @param index an OCI image index; not to be changed
     * @param next the query of the next page at the upstream, or nothing
     */
    @SuppressWarnings("ArrayRecordComponent") // Up to 8 MiB, and never compared.
    record Page(byte[] index, String next) implements ReferrersAnswer {

        static final Page EMPTY = new Page(ReferrersIndex.empty(), "");

        boolean isEmpty() {
            return index.length == EMPTY.index.length && next.isEmpty();
        }
    }

    /** The upstream refuses it, cannot be asked, or gives a malformed answer. */
    record Refused(RegistryError error) implements ReferrersAnswer {}
}
