package io.registrycache.traffic;

/** Hears of every request; called on the client's event loop, which must not wait. */
public interface TransferObserver {

    /** A request has come, and nobody has looked at it. */
    void began(Transfer transfer);

    /** Its answer is out, or never will be. */
    void ended(Transfer transfer);
}
