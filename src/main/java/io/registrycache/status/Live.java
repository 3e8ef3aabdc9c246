package io.registrycache.status;

import io.registrycache.traffic.Transfer;

/** A transfer in flight, and how much of it is accounted for. */
final class Live {

    private final long number;
    private final Transfer transfer;
    private long accounted;

    Live(long number, Transfer transfer) {
        this.number = number;
        this.transfer = transfer;
    }

    long number() {
        return number;
    }

    Transfer transfer() {
        return transfer;
    }

    /** The bytes sent since it was last asked. */
    synchronized long unaccounted() {
        long sent = transfer.sent();
        long more = sent - accounted;
        accounted = sent;
        return more;
    }
}
