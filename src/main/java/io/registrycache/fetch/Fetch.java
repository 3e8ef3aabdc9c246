package io.registrycache.fetch;

import io.registrycache.request.RegistryError;
import io.registrycache.request.RegistryException;
import io.registrycache.storage.InUse;
import io.registrycache.upstream.Question;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One download of a blob for all clients that want it. No client owns it: it goes on when all have left.
 *
 * <p>Its monitor guards state and parts, and is held for moments; files are read and written outside of it.
 */
public final class Fetch implements FetchQueue.Entry {

    private static final Logger LOG = LoggerFactory.getLogger(Fetch.class);
    /** Without a byte for so long a fetch gives up; its spool stays for the next one. */
    private static final Duration HOPE = Duration.ofMinutes(10);
    /** Ranges that are far from the rest of the download and requested by themselves. */
    private static final int MOST_DEMANDS = 8;
    /** Larger blobs are downloaded in several parts at a time. */
    static final long LARGE = Parts.NEAR;

    private final Blob blob;
    private final String beginner;
    private final Fetches all;
    private final Spool spool;
    private final ArrivalHash hash;
    private final CompletableFuture<Long> size = new CompletableFuture<>();
    private final InUse.Hold hold;
    /** Bytes of the storage that are kept for it. */
    private long reserved;

    /** In which the upstream is known to have the blob. */
    private final Set<String> repositories = new HashSet<>();

    private final Parts parts = new Parts();
    private final Readers readers = new Readers();
    private final Set<Download> downloads = new HashSet<>();
    private final Set<Download> demanded = new HashSet<>();
    /** Demands from before the upstream sent anything. */
    private final List<Runnable> wanted = new ArrayList<>();

    private final AtomicInteger clients = new AtomicInteger();
    private FetchState state = new FetchState.Queued();
    private boolean hasRanges = true;
    private boolean isSpread;
    private volatile long lastProgress = System.nanoTime();

    /**
     * Waits for its turn.
     *
     * @param beginner the repository of the client that wants it first
     */
    Fetch(Blob blob, String beginner, Fetches all, Spool spool) {
        this.blob = blob;
        this.beginner = beginner;
        this.all = all;
        this.spool = spool;
        this.hash = new ArrivalHash(blob.digest());
        this.hold = all.hold(blob.digest());
    }

    // For clients.

    /** The blob's size; fails with {@link RegistryException} when the upstream refuses. */
    public CompletableFuture<Long> size() {
        return size;
    }

    /** Whether it waits until there are fewer others, and nothing is known of the blob yet. */
    public synchronized boolean isQueued() {
        return state instanceof FetchState.Queued;
    }

    /** Whether a repository's clients may read; before anything is known, whether the upstream is asked for them. */
    public synchronized boolean serves(String repository) {
        return repositories.contains(repository)
                || (beginner.equals(repository) && state.size().isEmpty());
    }

    /**
     * The upstream says that a repository has the blob: lets its clients read.
     *
     * @param length negative if the upstream did not say it
     */
    public void confirm(String repository, long length) throws IOException {
        OptionalLong known;
        boolean isStored;
        synchronized (this) {
            repositories.add(repository);
            // A client would take nothing for the whole, and nothing can be held back of it.
            state = length > 0 ? state.announced(length) : state;
            known = state.size();
            isStored = state instanceof FetchState.Stored;
        }
        known.ifPresent(size::complete);
        if (isStored) {
            all.intake().link(blob.digest(), repository);
        }
    }

    /** Keeps the blob from being evicted, for one reader. */
    public InUse.Hold hold() {
        return all.hold(blob.digest());
    }

    /** The upstream does not let a repository's clients have the blob: if it is still queued for them, it ends. */
    public void refuse(String repository, RegistryError error) {
        boolean isInVain;
        synchronized (this) {
            isInVain = state instanceof FetchState.Queued && beginner.equals(repository) && repositories.isEmpty();
        }
        if (isInVain && error.status() < 500 && error.status() != 429) {
            fail(error, false);
        }
    }

    /** A client waits for bytes, until it {@link #left}. */
    public void joined() {
        clients.incrementAndGet();
    }

    public void left() {
        clients.decrementAndGet();
    }

    @Override
    public boolean hasClients() {
        return clients.get() > 0;
    }

    /** Opens the file for one reader. */
    public FileChannel openForReading() throws IOException {
        try {
            return FileChannel.open(spool.file(), StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            // It has just become stored content.
            return FileChannel.open(all.intake().path(blob.digest()), StandardOpenOption.READ);
        }
    }

    /**
     * Behind the last byte that can be read from a position on; negative if the fetch failed.
     *
     * @param isTail whether the reader reads to the end of the blob, which is held back until it is verified
     */
    public synchronized long readable(long position, boolean isTail) {
        if (state instanceof FetchState.Failed) {
            return -1;
        }
        return Math.max(position, state.readable(parts.receivedFrom(position), isTail));
    }

    /** Runs something once when more can be read from a position on, or the fetch failed; at once if that is so. */
    public void whenReadable(long position, boolean isTail, Runnable wake) {
        synchronized (this) {
            if (readable(position, isTail) == position) {
                readers.add(position, isTail, wake);
                return;
            }
        }
        wake.run();
    }

    /** A client wants a range: requests it by itself if the download is far away from it. */
    public void demand(long first, long behind) {
        Optional<Part> before = Optional.empty();
        Optional<Part> part = Optional.empty();
        synchronized (this) {
            if (state instanceof FetchState.Unbegun && wanted.size() < MOST_DEMANDS) {
                wanted.add(() -> demand(first, behind));
            } else if (state instanceof FetchState.Receiving receiving
                    && hasRanges
                    && demanded.size() < MOST_DEMANDS
                    && !parts.isNear(first)) {
                before = parts.endBefore(first);
                part = parts.claim(first, behind, receiving.known());
            }
        }
        before.ifPresent(this::recordOrFail);
        if (part.isPresent()) {
            recordOrFail(part.get());
            Download download = new Download(this, repository(), part.get(), behind);
            synchronized (this) {
                demanded.add(download);
            }
            start(download);
        }
    }

    // For downloads.

    Blob blob() {
        return blob;
    }

    synchronized boolean isOver() {
        return state.isOver();
    }

    /** Whether the upstream has sent bytes. */
    synchronized boolean hasBegun() {
        return !(state instanceof FetchState.Unbegun);
    }

    /** Whether clients may have the head of their answers, so that passing failures are to be hidden from them. */
    synchronized boolean isPromised() {
        return state.size().isPresent();
    }

    boolean isHopeless() {
        return System.nanoTime() - lastProgress > HOPE.toNanos();
    }

    /** An earlier run of the program knows its size. */
    void announce(Spool.Recorded recorded) {
        synchronized (this) {
            repositories.add(recorded.repository());
            state = state.announced(recorded.size());
        }
        size.complete(recorded.size());
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
        synchronized (this) {
            state = state.turn();
            parts.add(part);
            repository = repositories.isEmpty() ? beginner : repository();
        }
        lastProgress = System.nanoTime();
        start(new Download(this, repository, part, behind));
    }

    /** Goes on where an earlier run of the program was. */
    void resume(Spool.Recorded recorded) {
        synchronized (this) {
            recorded.parts().forEach(parts::add);
            state = state.turn().begun(recorded.size());
        }
        lastProgress = System.nanoTime();
        LOG.info("{} continued=true received={} size={}", blob, parts.received(), recorded.size());
        whenReserved(all.reserve(recorded.size()), recorded.size(), () -> {
            startMore(recorded.size(), 1);
            demandWanted();
            check();
        });
    }

    /** The question for the rest of a part. */
    Question question(Download download, String repository, String range) {
        return all.question(blob.requestIn(repository), range, download);
    }

    /**
     * The upstream sends a part.
     *
     * @param end behind the last byte that it will send
     * @param ranges whether it sends parts at all
     */
    void begun(Download download, Part part, long total, long end, boolean ranges)
            throws IOException, RegistryException {
        boolean isFirst;
        boolean spreads;
        synchronized (this) {
            if (!state.allows(total)) {
                throw RegistryError.malformed(blob.upstream().name(), "sends a layer whose size changes")
                        .exception();
            }
            isFirst = state instanceof FetchState.Unbegun;
            hasRanges &= ranges;
            spreads = !isSpread;
            isSpread = true;
            if (isFirst) {
                part.endAt(end);
                repositories.add(download.repository());
                state = state.begun(total);
            }
        }
        int most = ranges && total > LARGE ? all.limits().parts() : 1;
        int more = !spreads ? 0 : download.isForRange(total) ? most : most - 1;
        if (isFirst) {
            // First of all: the disk may be full, and other content has to go before even a record can be written.
            CompletableFuture<Void> room = all.reserve(total);
            boolean waits = !room.isDone();
            if (waits) {
                download.read(false);
            }
            whenReserved(room, total, () -> {
                beginRecord(part, total);
                startBeside(total, more);
                demandWanted();
                if (waits) {
                    download.read(true);
                }
            });
            size.complete(total);
            wake();
        } else {
            startBeside(total, more);
        }
        if (total == 0) {
            check();
        }
    }

    private void beginRecord(Part part, long total) {
        try {
            spool.begin(repository(), total);
            spool.record(part);
        } catch (IOException e) {
            spoolFailed(e);
        }
    }

    /** Goes on when there is room for the blob; without room its readers get it straight from the upstream. */
    private void whenReserved(CompletableFuture<Void> room, long bytes, Runnable next) {
        room.whenComplete((none, failure) -> {
            if (failure != null) {
                spoolFailed(failure);
                return;
            }
            boolean isTooLate;
            synchronized (this) {
                isTooLate = state.isOver();
                reserved = isTooLate ? 0 : bytes;
            }
            if (isTooLate) {
                all.release(bytes, false);
            } else {
                next.run();
            }
        });
    }

    /** The download has ended. */
    private void over(boolean isStored) {
        long bytes;
        synchronized (this) {
            bytes = reserved;
            reserved = 0;
        }
        all.release(bytes, isStored);
        hold.close();
        all.over(this);
    }

    private void demandWanted() {
        List<Runnable> all;
        synchronized (this) {
            all = List.copyOf(wanted);
            wanted.clear();
        }
        all.forEach(Runnable::run);
    }

    /** The upstream sends all of it though a part was requested, and nothing has come yet. */
    synchronized Part restartFromZero() {
        parts.clear();
        Part whole = new Part(0, 0, 0, Long.MAX_VALUE);
        whole.take(true);
        parts.add(whole);
        hasRanges = false;
        return whole;
    }

    /** Elsewhere, for a client may wait for the bytes that come next here. */
    private void startBeside(long total, int count) {
        if (count > 0) {
            CompletableFuture.runAsync(() -> startMore(total, count));
        }
    }

    private void startMore(long total, int count) {
        for (int i = 0; i < count; i++) {
            claim(0, total).ifPresent(part -> start(new Download(this, repository(), part, Long.MAX_VALUE)));
        }
    }

    private void start(Download download) {
        synchronized (this) {
            downloads.add(download);
        }
        all.start(download);
    }

    /** The next part to request, between two positions. */
    Optional<Part> claim(long first, long behind) {
        Optional<Part> claimed;
        synchronized (this) {
            claimed = state instanceof FetchState.Receiving receiving
                    ? parts.claim(first, behind, receiving.known())
                    : Optional.empty();
        }
        claimed.ifPresent(this::recordOrFail);
        return claimed;
    }

    private void recordOrFail(Part part) {
        try {
            spool.record(part);
        } catch (IOException e) {
            spoolFailed(e);
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
        synchronized (this) {
            part.received(count);
        }
        spool.recordPosition(part);
        lastProgress = System.nanoTime();
        check();
        wake();
    }

    /** A part is there. */
    synchronized void release(Part part) {
        part.take(false);
    }

    /** Whether large blobs are downloaded in one piece, too. */
    boolean isUndivided() {
        return all.limits().parts() == 1;
    }

    void over(Download download, Part part) {
        synchronized (this) {
            downloads.remove(download);
            demanded.remove(download);
            part.take(false);
        }
    }

    private long receivedInOrder() {
        synchronized (this) {
            return parts.receivedFrom(0);
        }
    }

    /** Hashes what is not hashed yet, and ends the fetch when all is. */
    private void check() {
        if (hash.beginCatchUp(receivedInOrder())) {
            all.work(() -> {
                try {
                    hash.catchUp(spool, this::receivedInOrder);
                } catch (IOException e) {
                    spoolFailed(e);
                }
                verifyIfWhole();
            });
        } else {
            verifyIfWhole();
        }
    }

    private void verifyIfWhole() {
        boolean isRight;
        synchronized (this) {
            if (!(state instanceof FetchState.Receiving receiving) || hash.hashed() != receiving.known()) {
                return;
            }
            isRight = hash.matches(blob.digest());
            if (isRight) {
                state = state.verified();
            }
        }
        if (isRight) {
            wake();
            all.takeIn(this::takeIn);
        } else {
            LOG.warn("{} error=\"the upstream sends other content\"", blob);
            fail(
                    RegistryError.malformed(blob.upstream().name(), "sends a layer that is not the one of its digest"),
                    false);
        }
    }

    private void takeIn() {
        try {
            Set<String> linked;
            synchronized (this) {
                linked = Set.copyOf(repositories);
            }
            all.intake().takeIn(blob.digest(), spool.file(), linked);
            Set<String> late;
            synchronized (this) {
                state = state.stored();
                late = new HashSet<>(repositories);
            }
            late.removeAll(linked);
            for (String repository : late) {
                all.intake().link(blob.digest(), repository);
            }
            over(true);
            spool.delete();
        } catch (IOException e) {
            LOG.warn("{} error=\"it cannot be stored: {}\"", blob, e.toString());
            synchronized (this) {
                state = state.stored();
            }
            over(false);
            deleteSpool();
        }
    }

    /** Who reads has it open, and may go on. */
    private void deleteSpool() {
        try {
            spool.delete();
        } catch (IOException e) {
            LOG.debug("{} its spool is not deleted: {}", blob, e.getMessage());
        }
    }

    /** The disk is full or broken: clients get the rest straight from the upstream. */
    void spoolFailed(Throwable why) {
        LOG.warn("{} error=\"it is not cached, as its spool cannot be written: {}\"", blob, why.getMessage());
        all.noRoom();
        end(RegistryError.storageDown(blob.upstream().name()), true, false);
    }

    /** Whether only the disk is to blame. */
    public synchronized boolean isUnspooled() {
        return state instanceof FetchState.Failed failed && failed.isUnspooled();
    }

    /**
     * Ends it without the blob.
     *
     * @param continuable whether the next fetch may go on where this one ends
     */
    void fail(RegistryError error, boolean continuable) {
        end(error, false, continuable);
    }

    private void end(RegistryError error, boolean isUnspooled, boolean continuable) {
        List<Download> running;
        synchronized (this) {
            FetchState before = state;
            state = before.failed(error, isUnspooled);
            if (state == before) {
                return;
            }
            running = List.copyOf(downloads);
        }
        size.completeExceptionally(error.exception());
        running.forEach(Download::cancel);
        over(false);
        wake();
        try {
            if (continuable) {
                spool.close();
            } else {
                spool.delete();
            }
        } catch (IOException e) {
            LOG.debug("{} its spool is not in order: {}", blob, e.getMessage());
        }
    }

    private void wake() {
        List<Runnable> ready;
        synchronized (this) {
            ready = readers.takeReady(this::readable);
        }
        ready.forEach(Runnable::run);
    }

    private synchronized String repository() {
        return repositories.iterator().next();
    }
}
