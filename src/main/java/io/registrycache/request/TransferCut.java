package io.registrycache.request;

/** An answer ended before its end, for the child or the client went away; there is nobody to tell. */
public final class TransferCut extends Exception {

    public TransferCut() {
        super("the transfer was cut", null, false, false);
    }
}
