package io.registrycache.request;

/** An answer was cut, as the child or the client went away; there is not a client to tell. */
public final class TransferCut extends Exception {

    public TransferCut() {
        super("the transfer was cut", null, false, false);
    }
}
