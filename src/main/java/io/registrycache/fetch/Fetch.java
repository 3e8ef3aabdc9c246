package io.registrycache.fetch;

import io.registrycache.request.RegistryError;
import io.registrycache.request.RegistryException;
import io.registrycache.storage.InUse;
import java.io.IOException;
import java.nio.channels.FileChannel;
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
 * <p>Its monitor guards its state and its {@link Arrival}, and is held for moments; files are read and written outside
 * of it.
 */
public final class Fetch implements FetchQueue.Entry {

    private static final Logger LOG = LoggerFactory.getLogger(Fetch.class);

    private final Blob blob;
    private final String beginner;
    private final Fetches all;
    private final FetchedFile file;
    private final Arrival arrival;
    private final CompletableFuture<Long> size = new CompletableFuture<>();
    private final InUse.Hold hold;
    /** Bytes of the storage that are kept for it. */
    private long reserved;

    /** In which the upstream is known to have the blob. */
    private final Set<String> repositories = new HashSet<>();

    private final Readers readers = new Readers();
    private final AtomicInteger clients = new AtomicInteger();
    private FetchState state = new FetchState.Queued();

    /**
     * Waits for its turn.
     *
     * @param beginner the repository of the client that wants it first
     */
    Fetch(Blob blob, String beginner, Fetches all, Spool spool) {
        this.blob = blob;
        this.beginner = beginner;
        this.all = all;
        this.file = new FetchedFile(blob, spool, all);
        this.arrival = new Arrival(this, all, spool);
        this.hold = all.hold(blob.digest());
    }

    // For clients.

    /** The blob's size; fails with {@link RegistryException} when the upstream refuses. */
    public CompletableFuture<Long> size() {
        return size;
    }

    /** Whether it waits until there are fewer others, or for a connection, and nothing is known of the blob yet. */
    public synchronized boolean isQueued() {
        return state instanceof FetchState.Queued || (state instanceof FetchState.Starting && arrival.isWaiting());
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
            file.link(Set.of(repository));
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

    /**
     * Whether it was begun for a repository, so that a refusal of the upstream is one for that repository's clients.
     */
    public boolean isFor(String repository) {
        return beginner.equals(repository);
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
        return file.open(isStored());
    }

    private synchronized boolean isStored() {
        return state instanceof FetchState.Stored;
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
        return Math.max(position, state.readable(arrival.receivedFrom(position), isTail));
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
        arrival.demand(first, behind);
    }

    // For downloads.

    Blob blob() {
        return blob;
    }

    /** Whether it has ended, with the blob or without it. */
    public synchronized boolean isOver() {
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

    /** An earlier run of the program knows its size. */
    void announce(Spool.Recorded recorded) {
        synchronized (this) {
            repositories.add(recorded.repository());
            state = state.announced(recorded.size());
        }
        size.complete(recorded.size());
    }

    void begin(long first, long behind) {
        arrival.begin(first, behind);
    }

    void resume(Spool.Recorded recorded) {
        arrival.resume(recorded);
    }

    // Calls of the downloads.

    /** Its turn has come; returns the repository in which to ask for it. */
    synchronized String turn() {
        state = state.turn();
        return repositories.isEmpty() ? beginner : repository();
    }

    /** The same, and an earlier run has received something. */
    synchronized void resumed(long total) {
        state = state.turn().begun(total);
    }

    /** Whether the blob may have this size: the one that clients were told, if they were. */
    synchronized boolean allows(long total) {
        return state.allows(total);
    }

    /** The upstream answers with bytes; returns whether these are the first ones. */
    synchronized boolean begun(String repository, long total) {
        boolean isFirst = !hasBegun();
        if (isFirst) {
            repositories.add(repository);
            state = state.begun(total);
        }
        return isFirst;
    }

    /** Goes on when there is room for the blob; without room its readers get it straight from the upstream. */
    void whenReserved(CompletableFuture<Void> room, long bytes, Runnable next) {
        room.whenComplete((none, failure) -> {
            if (failure != null) {
                spoolFailed(failure);
                return;
            }
            boolean isTooLate;
            boolean isStored;
            synchronized (this) {
                isTooLate = state.isOver();
                isStored = state instanceof FetchState.Stored;
                reserved = isTooLate ? 0 : bytes;
            }
            if (isTooLate) {
                // A small blob may have come with the head of the answer.
                all.release(bytes, isStored);
            } else {
                next.run();
            }
        });
    }

    /** It has ended. */
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

    /** Clients can have the head of their answers. */
    void known(long total) {
        size.complete(total);
        wake();
    }

    /** The blob's size, while it is being received. */
    synchronized OptionalLong receiving() {
        return state instanceof FetchState.Receiving ? state.size() : OptionalLong.empty();
    }

    synchronized void verified() {
        state = state.verified();
    }

    /** All of it is there and right. */
    void complete() {
        wake();
        all.takeIn(this::takeIn);
    }

    /** All of it is there, and it is something else. */
    void wrong() {
        LOG.warn("{} error=\"the upstream sends other content\"", blob);
        fail(RegistryError.malformed(blob.upstream().name(), "sends a layer that is not the one of its digest"), false);
    }

    /** The upstream refuses the blob in a repository; returns another one in which it is known to have it. */
    synchronized Optional<String> otherThan(String repository) {
        Optional<String> other =
                repositories.stream().filter(it -> !it.equals(repository)).findFirst();
        if (other.isPresent()) {
            repositories.remove(repository);
        }
        return other;
    }

    synchronized String repository() {
        return repositories.iterator().next();
    }

    void wake() {
        List<Runnable> ready;
        synchronized (this) {
            ready = readers.takeReady(this::readable);
        }
        ready.forEach(Runnable::run);
    }

    private void takeIn() {
        try {
            Set<String> linked;
            synchronized (this) {
                linked = Set.copyOf(repositories);
            }
            file.takeIn(linked);
            Set<String> late = stored();
            late.removeAll(linked);
            file.link(late);
            // Before another fetch of this blob can open it.
            file.spool().delete();
            over(true);
            all.unstored().isOver();
        } catch (IOException e) {
            all.unstored().holds(blob.digest() + " cannot be moved there: " + e);
            stored();
            over(false);
            // Clients that read it have it open, and go on.
            file.leave(false);
        }
    }

    /** Returns the repositories whose clients may read. */
    private synchronized Set<String> stored() {
        state = state.stored();
        return new HashSet<>(repositories);
    }

    /** The disk is full or broken: clients get the rest straight from the upstream. */
    void spoolFailed(Throwable why) {
        all.unstored().holds(blob.digest() + " has no room: " + why.getMessage());
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
            running = arrival.running();
        }
        running.forEach(Download::cancel);
        // Before another fetch of this blob can open it.
        file.leave(continuable);
        over(false);
        // Its clients may begin another one.
        size.completeExceptionally(error.exception());
        wake();
    }
}
