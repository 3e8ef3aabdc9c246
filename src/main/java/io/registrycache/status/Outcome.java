package io.registrycache.status;

import io.registrycache.traffic.CacheOutcome;
import io.registrycache.traffic.Transfer;

/** Whether the cache had the content of a request. */
enum Outcome {
    HIT,
    MISS,
    /** Not known: the upstream is always asked about a tag, and some storage only the child can look into. */
    UNKNOWN,
    ERROR;

    static Outcome of(Transfer transfer) {
        if (transfer.status() == 0 || transfer.status() >= 400) {
            return ERROR;
        }
        CacheOutcome outcome = transfer.outcome();
        if (outcome.isHit()) {
            return HIT;
        }
        return outcome == CacheOutcome.MISS ? MISS : UNKNOWN;
    }
}
