package io.registrycache.request;

/**
 * One request on its way through the routes: the request, and the findings of the steps. Routes read it
 * as {@code ${variable.pull.…}}.
 */
public interface Pull {

    /** The exchange variable that holds it. */
    String VARIABLE = "pull";

    /** The findings of the steps; a later one replaces an earlier one. */
    enum Finding {
        /** Nothing yet, or that storage does not have it. */
        NOTHING,
        /** The digest of a tag is stored, but not its manifest. */
        LINKED,
        /** The manifest of a tag is stored, as it was when the upstream was last asked. */
        STORED,
        /** It is stored, and need not be checked. */
        FRESH,
        /** It is stored, and the upstream cannot be asked or does not answer. */
        OUTAGE,
        /** Content is stored, and the upstream confirms it. */
        CONFIRMED,
        /** Content is stored, but only the child can answer with it. */
        AT_CHILD,
        /** The answer is sent, or written into the message. */
        ANSWERED
    }

    /** The request. */
    RegistryRequest request();

    Finding finding();

    void found(Finding finding);

    /** Names stored content to answer with: by its digest, where a tag is asked for. */
    void found(Finding finding, RegistryRequest stored);

    /** The content to answer with: the requested one, unless other content was found. */
    RegistryRequest stored();

    /** The port of the child that the request was last sent to; 0 before. */
    int port();

    void sendTo(int port);

    default String repository() {
        return request().repository();
    }

    /** The tag or the digest. */
    default String reference() {
        return request().reference();
    }
}
