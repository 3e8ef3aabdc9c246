package io.registrycache.fetch;

import io.registrycache.upstream.Question;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The received part of a fetch's blob: which downloads bring which parts into the spool, until the blob is complete and
 * right.
 *
 * <p>The fetch's monitor guards it.
 */
final class Arrival {

    private static final Logger LOG = LoggerFactory.getLogger(Arrival.class);
    /** Without a byte for so long a fetch gives up; its spool stays for the next one. */
    private static final Duration HOPE = Duration.ofMinutes(10);
    /** Ranges that are far from the rest of the download and requested by themselves. */
    private static final int MOST_DEMANDS = 8;
    /** Larger blobs are downloaded in several parts at a time. */
    static final long LARGE = Parts.NEAR;

    private final Fetch fetch;
    private final Fetches all;
    private final Spool spool;
    private final ArrivalHash hash;

    private final Parts parts = new Parts();
    private final Set<Download> downloads = new HashSet<>();
    private final Set<Download> demanded = new HashSet<>();
    /** Demands from before the upstream sent anything. */
    private final List<Runnable> wanted = new ArrayList<>();

    private boolean hasRanges = true;
    private boolean isSpread;
    private volatile long lastProgress = System.nanoTime();

    Arrival(Fetch fetch, Fetches all, Spool spool) {
        this.fetch = fetch;
        this.all = all;
        this.spool = spool;
        this.hash = new ArrivalHash(fetch.blob().digest());
    }

    Fetch fetch() {
        return fetch;
    }

    /** Behind the last byte that is there without a gap from a position on. */
    long receivedFrom(long position) {
        synchronized (fetch) {
            return parts.receivedFrom(position);
        }
    }

    List<Download> running() {
        synchronized (fetch) {
            return List.copyOf(downloads);
        }
    }

    /** Whether nothing is asked because others use the connections. */
    boolean isWaiting() {
        return running().stream().allMatch(Download::isWaiting);
    }

    boolean isHopeless() {
        return System.nanoTime() - lastProgress > HOPE.toNanos();
    }

    /** Whether large blobs are downloaded in one piece, too. */
    boolean isUndivided() {
        return all.limits().parts() == 1;
    }

    /**
     * Begins with nothing.
     *
     * @param first of the range that the first client wants
     * @param behind the end of that range, or {@link Long#MAX_VALUE}
     */
    void begin(long first, long behind) {
        Part part = new Part(0, first, first, Long.MAX_VALUE);
        part.take(true);
        String repository;
        synchronized (fetch) {
            repository = fetch.turn();
            parts.add(part);
        }
        lastProgress = System.nanoTime();
        start(new Download(this, repository, part, behind));
    }

    /** Goes on where an earlier run of the program was. */
    void resume(Spool.Recorded recorded) {
        synchronized (fetch) {
            recorded.parts().forEach(parts::add);
            fetch.resumed(recorded.size());
            LOG.info("{} continued=true received={} size={}", fetch.blob(), parts.received(), recorded.size());
        }
        lastProgress = System.nanoTime();
        fetch.whenReserved(all.reserve(recorded.size()), recorded.size(), () -> {
            startMore(recorded.size(), 1);
            demandWanted();
            check();
        });
    }

    /** Requests a range by itself if the download is far away from it. */
    void demand(long first, long behind) {
        Optional<Part> before = Optional.empty();
        Optional<Part> part = Optional.empty();
        synchronized (fetch) {
            OptionalLong size = fetch.receiving();
            if (!fetch.hasBegun() && wanted.size() < MOST_DEMANDS) {
                wanted.add(() -> demand(first, behind));
            } else if (size.isPresent() && hasRanges && demanded.size() < MOST_DEMANDS && !parts.isNear(first)) {
                before = parts.endBefore(first);
                part = parts.claim(first, behind, size.getAsLong());
            }
        }
        before.ifPresent(this::record);
        part.ifPresent(it -> {
            record(it);
            Download download = new Download(this, fetch.repository(), it, behind);
            synchronized (fetch) {
                demanded.add(download);
            }
            start(download);
        });
    }

    private void demandWanted() {
        List<Runnable> now;
        synchronized (fetch) {
            now = List.copyOf(wanted);
            wanted.clear();
        }
        now.forEach(Runnable::run);
    }

    private void start(Download download) {
        synchronized (fetch) {
            downloads.add(download);
        }
        all.start(download);
    }

    /** Elsewhere, for a client may wait for the bytes that come next here. */
    private void startBeside(long total, int count) {
        if (count > 0) {
            CompletableFuture.runAsync(() -> startMore(total, count));
        }
    }

    private void startMore(long total, int count) {
        for (int i = 0; i < count; i++) {
            claim(0, total).ifPresent(part -> start(new Download(this, fetch.repository(), part, Long.MAX_VALUE)));
        }
    }

    // For downloads.

    /** The question for the rest of a part. */
    Question question(Download download, String repository, String range) {
        return all.question(fetch.blob().requestIn(repository), range, download);
    }

    /**
     * The upstream sends a part.
     *
     * @param end behind the last byte that it will send
     * @param ranges whether it sends parts at all
     * @return whether the blob has that size
     */
    boolean begun(Download download, Part part, long total, long end, boolean ranges) throws IOException {
        boolean isFirst;
        boolean spreads;
        synchronized (fetch) {
            if (!fetch.allows(total)) {
                return false;
            }
            isFirst = fetch.begun(download.repository(), total);
            hasRanges &= ranges;
            spreads = !isSpread;
            isSpread = true;
            if (isFirst) {
                part.endAt(end);
            }
        }
        int most = ranges && total > LARGE ? all.limits().parts() : 1;
        int more = !spreads ? 0 : download.isForRange(total) ? most : most - 1;
        if (isFirst) {
            awaitRoom(download, part, total, more);
            fetch.known(total);
        } else {
            startBeside(total, more);
        }
        if (total == 0) {
            check();
        }
        return true;
    }

    /**
     * Goes on when there is room for the blob, and receives nothing until then: a full disk has none for the record.
     */
    private void awaitRoom(Download download, Part part, long total, int more) {
        CompletableFuture<Void> room = all.reserve(total);
        boolean waits = !room.isDone();
        if (waits) {
            download.read(false);
        }
        fetch.whenReserved(room, total, () -> {
            beginRecord(part, total);
            startBeside(total, more);
            demandWanted();
            if (waits) {
                download.read(true);
            }
        });
    }

    private void beginRecord(Part part, long total) {
        try {
            spool.begin(fetch.repository(), total);
            spool.record(part);
        } catch (IOException e) {
            fetch.spoolFailed(e);
        }
    }

    /** The upstream sends all of it though a part was requested, and nothing has come yet. */
    Part restartFromZero() {
        Part whole = new Part(0, 0, 0, Long.MAX_VALUE);
        whole.take(true);
        synchronized (fetch) {
            parts.clear();
            parts.add(whole);
            hasRanges = false;
        }
        return whole;
    }

    /** The next part to request, between two positions. */
    Optional<Part> claim(long first, long behind) {
        Optional<Part> claimed;
        synchronized (fetch) {
            OptionalLong size = fetch.receiving();
            claimed = size.isPresent() ? parts.claim(first, behind, size.getAsLong()) : Optional.empty();
        }
        claimed.ifPresent(this::record);
        return claimed;
    }

    private void record(Part part) {
        try {
            spool.record(part);
        } catch (IOException e) {
            fetch.spoolFailed(e);
        }
    }

    /** Bytes of a part have come, which follow those before. */
    void received(Part part, ByteBuffer[] bytes) throws IOException {
        long position = part.position();
        ByteBuffer[] toHash = new ByteBuffer[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            toHash[i] = bytes[i].duplicate();
        }
        long count = spool.write(bytes, position);
        hash.arrived(toHash, position);
        synchronized (fetch) {
            part.received(count);
        }
        spool.recordPosition(part);
        lastProgress = System.nanoTime();
        check();
        fetch.wake();
    }

    /** A part is there. */
    void release(Part part) {
        synchronized (fetch) {
            part.take(false);
        }
    }

    void over(Download download, Part part) {
        synchronized (fetch) {
            downloads.remove(download);
            demanded.remove(download);
            part.take(false);
        }
    }

    /** Hashes the bytes that are not hashed yet, and then ends the fetch. */
    private void check() {
        if (hash.beginCatchUp(receivedFrom(0))) {
            all.work(() -> {
                try {
                    hash.catchUp(spool, () -> receivedFrom(0));
                } catch (IOException e) {
                    fetch.spoolFailed(e);
                }
                verifyIfWhole();
            });
        } else {
            verifyIfWhole();
        }
    }

    private void verifyIfWhole() {
        boolean isRight;
        synchronized (fetch) {
            OptionalLong size = fetch.receiving();
            if (size.isEmpty() || hash.hashed() != size.getAsLong()) {
                return;
            }
            isRight = hash.matches(fetch.blob().digest());
            if (isRight) {
                fetch.verified();
            }
        }
        if (isRight) {
            fetch.complete();
        } else {
            fetch.wrong();
        }
    }
}
