package io.registrycache.status;

/**
 * An image that can be pulled of an upstream.
 *
 * @param reference with the mark before it: {@code :tag} or {@code @sha256:…}
 */
record Image(String upstream, String repository, String reference) {

    /** As it is typed behind the cache's host. */
    String name() {
        return upstream + "/" + repository + reference;
    }
}
