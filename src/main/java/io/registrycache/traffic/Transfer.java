package io.registrycache.traffic;

import io.netty.handler.codec.http.HttpRequest;
import io.registrycache.request.RegistryRequest;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One request of a client and its answer. Any thread may look at it while it goes on. */
public final class Transfer {

    /** Where the bytes of an answer come from. */
    public enum Source {
        /** An error, a list, or nothing yet. */
        HERE,
        /** The storage, without a child. */
        STORAGE,
        /** A download that goes on, or an answer that the upstream just gave. */
        UPSTREAM,
        /** A child, which may have asked its upstream. */
        CHILD
    }

    private final HttpRequest asked;
    private final SocketAddress client;
    private final long began = System.nanoTime();
    private final AtomicLong counted = new AtomicLong();
    private volatile @Nullable RegistryRequest request;
    private volatile Source source = Source.HERE;
    private volatile boolean lacking;
    /** Of a tag. */
    private volatile CacheOutcome ofTag = CacheOutcome.TAG;

    private volatile int status;
    private volatile long length = -1;
    private volatile long firstByte;
    private volatile long ended;
    private volatile boolean complete;

    public Transfer(HttpRequest asked, SocketAddress client) {
        this.asked = asked;
        this.client = client;
    }

    // By who moves the bytes.

    /** The request is parsed. */
    public void asks(RegistryRequest understood) {
        request = understood;
    }

    /** Storage was looked through, and does not have it. */
    public void lacks() {
        lacking = true;
    }

    /** The upstream cannot be asked for a tag's digest, so the stored manifest is the answer. */
    public void isOffline() {
        ofTag = CacheOutcome.OFFLINE;
    }

    /** The upstream need not be asked for a tag's digest. */
    public void isFresh() {
        ofTag = CacheOutcome.HIT;
    }

    /**
     * The head of the answer is written.
     *
     * @param lengthOfBody or -1 when it is not known
     */
    public void answers(Source from, int withStatus, long lengthOfBody) {
        source = from;
        length = lengthOfBody;
        firstByte = System.nanoTime();
        status = withStatus;
    }

    /** More of the body is written. */
    public void sends(long bytes) {
        counted.lazySet(counted.get() + bytes);
    }

    /**
     * Nothing more will come.
     *
     * @param whole whether the client got all of the answer
     */
    public void ends(boolean whole) {
        complete = whole;
        ended = System.nanoTime();
    }

    // By who watches.

    /** The request line and its headers, as they came; all of it may be hostile. */
    public HttpRequest asked() {
        return asked;
    }

    public SocketAddress client() {
        return client;
    }

    /** The parsed request; empty until it is parsed, and if it is malformed. */
    public Optional<RegistryRequest> request() {
        return Optional.ofNullable(request);
    }

    public Source source() {
        return source;
    }

    /** Whether the answer was in the cache; final once there is a status. */
    public CacheOutcome outcome() {
        return switch (source) {
            case HERE -> CacheOutcome.HERE;
            case STORAGE -> isForTag() ? ofTag : CacheOutcome.HIT;
            case UPSTREAM -> CacheOutcome.MISS;
            case CHILD -> outcomeAtChild();
        };
    }

    private CacheOutcome outcomeAtChild() {
        if (isForTag()) {
            return ofTag;
        }
        return lacking ? CacheOutcome.MISS : CacheOutcome.CHILD;
    }

    private boolean isForTag() {
        RegistryRequest understood = request;
        return understood != null && understood.isForTag();
    }

    /** The status of the answer, or 0 while there is none. */
    public int status() {
        return status;
    }

    /** How long the body of the answer will be, or -1. */
    public long length() {
        return length;
    }

    /** How much of the body is sent, including bytes that are still in a socket's buffer. */
    public long sent() {
        return counted.get();
    }

    /** Nanoseconds from the request to the head of the answer, or -1. */
    public long nanosToFirstByte() {
        return status == 0 ? -1 : firstByte - began;
    }

    /** Nanoseconds from the request to the end, or until now. */
    public long nanos() {
        long end = ended;
        return (end == 0 ? System.nanoTime() : end) - began;
    }

    public boolean isComplete() {
        return complete;
    }
}
