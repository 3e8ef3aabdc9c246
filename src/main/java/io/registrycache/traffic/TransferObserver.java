package io.registrycache.traffic;

/** Hears of every request; called on the client's event loop, which must not wait. */
public interface TransferObserver {

    /** A request has come, and is not parsed yet. */
    void began(Transfer transfer);

    /** Its answer is out, or never will be. */
    void ended(Transfer transfer);
}
