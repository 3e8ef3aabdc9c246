package io.registrycache.fetch;

import io.netty.handler.codec.http.HttpResponse;
import io.registrycache.request.RegistryError;
import io.registrycache.request.RegistryException;
import io.registrycache.upstream.Answers;
import io.registrycache.upstream.Question;
import io.registrycache.upstream.Receiver;
import io.registrycache.upstream.UpstreamFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests parts of a blob one after the other, each until it is there. Its steps stand in
 * {@code routes/fetch.camel.yaml}; one exchange there is one download.
 */
public final class Download implements Receiver {

    private static final Logger LOG = LoggerFactory.getLogger(Download.class);

    private static final long FIRST_PAUSE = 200;
    private static final long LONGEST_PAUSE = 15_000;
    /** So often a request is repeated before the upstream has answered at all. */
    private static final int MOST_AT_START = 2;

    private final Arrival arrival;
    private final Fetch fetch;
    /** In which it is asked for. */
    private volatile String repository;

    private final long first;
    private final long behind;
    private volatile @Nullable Part part;
    private volatile @Nullable Question question;
    private volatile long pause;
    private int failures;
    /** Whether the upstream is asked for all of it, for it does not know ranges. */
    private boolean asksForAll;

    private long requestedBehind;
    /** Behind the last byte of the response. */
    private long sentBehind;
    /** Bytes at the beginning of the response that are there already. */
    private long skipped;

    private boolean isMalformed;

    /**
     * Begins with a part and goes on with others.
     *
     * @param behind parts from there on are left to others
     */
    Download(Arrival arrival, String repository, Part part, long behind) {
        this.arrival = arrival;
        this.fetch = arrival.fetch();
        this.repository = repository;
        this.part = part;
        this.first = behind == Long.MAX_VALUE ? 0 : part.start();
        this.behind = behind;
    }

    /** Whether it leaves the rest of the blob to others. */
    boolean isForRange(long size) {
        return behind < size;
    }

    String repository() {
        return repository;
    }

    // For the route.

    /** Whether there is something to request. */
    public boolean isOpen() {
        return part != null;
    }

    /** Milliseconds until the next request. */
    public long getPause() {
        return pause;
    }

    /** The next request. */
    public Question nextQuestion() {
        Part now = part();
        isMalformed = false;
        requestedBehind = Math.min(now.end(), Math.min(behind, now.position() + Arrival.LARGE));
        Question next = arrival.question(this, repository, range(now));
        question = next;
        if (fetch.isOver()) {
            next.cancel();
        }
        return next;
    }

    private String range(Part now) {
        boolean needsAll = asksForAll || (now.position() == 0 && behind == Long.MAX_VALUE && arrival.isUndivided());
        if (needsAll) {
            requestedBehind = Long.MAX_VALUE;
            return "";
        }
        return "bytes=" + now.position() + "-" + (requestedBehind - 1);
    }

    /** Whether its request waits for a connection. */
    boolean isWaiting() {
        Question open = question;
        return open != null && open.isWaiting();
    }

    void cancel() {
        Question open = question;
        if (open != null) {
            open.cancel();
        }
    }

    /** Stops receiving, or continues. */
    void read(boolean on) {
        Question open = question;
        if (open != null) {
            open.read(on);
        }
    }

    /** The route ended for a reason that it does not expect. */
    void broken(Exception why) {
        failed(why);
        close();
    }

    // For the upstream.

    @Override
    public void head(HttpResponse head) throws RegistryException {
        int status = head.status().code();
        skipped = 0;
        if (status == 416 && part().position() == 0 && !asksForAll) {
            // No byte can be requested of an empty blob.
            asksForAll = true;
            throw RegistryError.rangeBeyondTheEnd().exception();
        }
        if (status != 200 && status != 206) {
            throw Answers.refused(fetch.blob().requestIn(repository), status, head.headers())
                    .exception();
        }
        try {
            LayerHead received = LayerHead.of(head);
            if (received instanceof LayerHead.Partial partial) {
                partial(partial);
            } else if (received instanceof LayerHead.Whole whole) {
                whole(whole);
            }
        } catch (LayerHead.Malformed e) {
            throw malformed(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            fetch.spoolFailed(e);
        }
    }

    private void partial(LayerHead.Partial sent) throws IOException, RegistryException {
        Part now = part();
        if (requestedBehind == Long.MAX_VALUE) {
            throw malformed("sends a part of a layer that was not requested");
        }
        if (sent.from() != now.position() || sent.behind() > requestedBehind) {
            throw malformed("sends another part of a layer than the one that was requested");
        }
        begun(now, sent.behind(), sent.total(), Math.min(requestedBehind, sent.total()), true);
    }

    private void whole(LayerHead.Whole sent) throws IOException, RegistryException {
        boolean isExpected = requestedBehind == Long.MAX_VALUE && !asksForAll;
        if (!fetch.hasBegun() && part().position() > 0) {
            part = arrival.restartFromZero();
        }
        Part now = part();
        asksForAll |= !isExpected;
        skipped = now.position();
        begun(now, sent.length(), sent.length(), sent.length(), isExpected && sent.hasRanges());
    }

    private void begun(Part now, long sent, long total, long end, boolean ranges)
            throws IOException, RegistryException {
        sentBehind = sent;
        if (skipped > total || !arrival.begun(this, now, total, end, ranges)) {
            throw malformed("sends a layer whose size changes");
        }
    }

    private RegistryException malformed(String why) {
        isMalformed = true;
        return RegistryError.malformed(fetch.blob().upstream().name(), why).exception();
    }

    @Override
    public void body(ByteBuffer[] bytes) throws IOException {
        Part now = part();
        long left = now.missing();
        for (ByteBuffer each : bytes) {
            int skip = (int) Math.min(skipped, each.remaining());
            each.position(each.position() + skip);
            skipped -= skip;
            each.limit(each.position() + (int) Math.min(left, each.remaining()));
            left -= each.remaining();
        }
        arrival.received(now, bytes);
        failures = 0;
        if (now.missing() == 0 && now.end() < sentBehind) {
            // A client wanted the following bytes, and another download has brought them.
            cancel();
        }
    }

    @Override
    public void end() {
        Part now = part();
        pause = 0;
        if (fetch.isOver()) {
            close();
        } else if (now.missing() > 0) {
            // It sent less than it was asked for, which it may, but not nothing for ever.
            failed(new UpstreamFailure("sends less than it was asked for"));
        } else {
            next();
        }
    }

    private void next() {
        arrival.release(part());
        Optional<Part> claimed = arrival.claim(first, behind);
        if (claimed.isPresent()) {
            part = claimed.get();
        } else {
            close();
        }
    }

    @Override
    public void failed(Exception why) {
        Part now = part;
        if (fetch.isOver() || now == null) {
            close();
        } else if (now.missing() == 0) {
            end();
        } else if (asksForAll
                && why instanceof RegistryException refusal
                && refusal.error().status() == 416) {
            pause = 0;
        } else if (why instanceof RegistryException refusal) {
            refused(refusal.error());
        } else if (why instanceof UpstreamFailure) {
            failures++;
            if (!fetch.isPromised() && failures > MOST_AT_START) {
                giveUp(Answers.refusal(fetch.blob().upstream().name(), why), false);
            } else {
                again(why);
            }
        } else if (why instanceof IOException spool) {
            fetch.spoolFailed(spool);
            close();
        } else {
            giveUp(Answers.refusal(fetch.blob().upstream().name(), why), false);
        }
    }

    private void refused(RegistryError error) {
        boolean isPassing = !isMalformed && (error.status() == 429 || error.status() >= 500);
        if (fetch.isPromised() && isPassing) {
            failures++;
            again(error.exception());
            return;
        }
        Optional<String> other = isMalformed || isPassing ? Optional.empty() : fetch.otherThan(repository);
        if (other.isPresent()) {
            repository = other.get();
            pause = 0;
        } else {
            giveUp(error, false);
        }
    }

    private void again(Exception why) {
        if (arrival.isHopeless()) {
            giveUp(RegistryError.upstreamDown(fetch.blob().upstream().name(), String.valueOf(why.getMessage())), true);
        } else {
            pause = failures == 0 ? 0 : Math.min(LONGEST_PAUSE, FIRST_PAUSE << Math.min(failures - 1, 16));
        }
    }

    private void giveUp(RegistryError error, boolean continuable) {
        if (fetch.isPromised()) {
            // Clients have the head of their answers, and see only that these break off.
            LOG.warn("{} error=\"{}\"", fetch.blob(), error.message());
        }
        fetch.fail(error, continuable);
        close();
    }

    private void close() {
        Part last = part;
        part = null;
        if (last != null) {
            arrival.over(this, last);
        }
    }

    private Part part() {
        Part now = part;
        if (now == null) {
            throw new IllegalStateException("the download is over");
        }
        return now;
    }
}
