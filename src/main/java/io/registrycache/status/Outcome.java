package io.registrycache.status;

import io.registrycache.traffic.Transfer;

/** Whether the cache had what was asked for. */
enum Outcome {
    HIT,
    MISS,
    ERROR;

    static Outcome of(Transfer transfer) {
        if (transfer.status() == 0 || transfer.status() >= 400) {
            return ERROR;
        }
        return transfer.source() == Transfer.Source.CHILD ? MISS : HIT;
    }
}
