package io.registrycache.status;

import io.registrycache.traffic.CacheOutcome;
import io.registrycache.traffic.Transfer;

/** Whether the cache had what was asked for. */
enum Outcome {
    HIT,
    MISS,
    /** Nobody can say: a tag, of which upstreams are always asked, or a storage that only the child looks into. */
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
