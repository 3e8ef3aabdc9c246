package io.registrycache.fetch;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.registrycache.config.UpstreamLimits;
import io.registrycache.log.LastingState;
import io.registrycache.request.Digest;
import io.registrycache.request.RegistryError;
import io.registrycache.request.RegistryException;
import io.registrycache.request.RegistryRequest;
import io.registrycache.storage.InUse;
import io.registrycache.storage.Room;
import io.registrycache.upstream.Question;
import io.registrycache.upstream.RouteEntry;
import io.registrycache.upstream.UpstreamAccess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The fetches of one upstream: one for each blob that is being downloaded. */
public final class Fetches {

    private static final Logger LOG = LoggerFactory.getLogger(Fetches.class);
    /** Hashes bytes that did not arrive in order. */
    private static final ExecutorService WORK =
            Executors.newFixedThreadPool(2, new DefaultThreadFactory("fetch", true));
    /** Into a bucket it takes as long as the upload. */
    private static final ExecutorService TAKE_IN =
            Executors.newFixedThreadPool(4, new DefaultThreadFactory("take-in", true));

    private volatile UpstreamAccess access;
    private final RouteEntry route;
    private final Spools spools;
    private volatile Intake intake;
    private final Room room;
    private final InUse inUse;
    private volatile UpstreamLimits limits;
    /** Whether layers are given to clients and not stored. */
    private final LastingState unstored;

    private final Map<Digest, Fetch> underWay = new HashMap<>();
    private final FetchQueue queue;

    /**
     * Downloads nothing yet.
     *
     * @param route where downloads take their steps
     * @param folder for spools, on the file system where the intake keeps content
     * @param room for downloads
     * @param inUse gets the content that is being downloaded and read
     */
    public Fetches(
            UpstreamAccess access,
            RouteEntry route,
            Path folder,
            Intake intake,
            Room room,
            InUse inUse,
            UpstreamLimits limits) {
        this.access = access;
        this.route = route;
        this.spools = new Spools(folder);
        this.intake = intake;
        this.room = room;
        this.inUse = inUse;
        this.limits = limits;
        this.queue = new FetchQueue(limits.layers());
        String name = "upstream=" + access.upstream().name();
        this.unstored = new LastingState(LOG, name + " layers=not_stored", name + " layers=stored");
    }

    /** Uses another access from now on; a running download goes on, and uses it after a cut. */
    public void use(UpstreamAccess other, UpstreamLimits most) {
        access = other;
        limits = most;
        queue.limit(most.layers());
    }

    /** Takes in elsewhere from now on. */
    public void takeInto(Intake other) {
        intake = other;
    }

    /** Why no fetch can begin, if none can. */
    public CompletableFuture<Optional<RegistryError>> outage() {
        return access.monitor()
                .outage()
                .thenApply(why -> why.map(
                        it -> RegistryError.upstreamDown(access.upstream().name(), it)));
    }

    /** All that are under way. */
    public synchronized List<Fetch> underWay() {
        return List.copyOf(underWay.values());
    }

    /** The fetch of a blob, if it is being downloaded. */
    public synchronized Optional<Fetch> underWay(Digest digest) {
        return Optional.ofNullable(underWay.get(digest));
    }

    /**
     * The fetch of a blob, begun if there is none; empty if the blob has just been stored.
     *
     * @param request of the client that wants it
     * @param first of the range that the client wants
     * @param behind the end of that range, or {@link Long#MAX_VALUE}
     */
    public Optional<Fetch> begin(RegistryRequest request, long first, long behind) throws RegistryException {
        Digest digest = Digest.of(request.reference());
        Fetch fetch;
        Optional<Runnable> turn;
        synchronized (this) {
            Fetch known = underWay.get(digest);
            if (known != null) {
                return Optional.of(known);
            }
            if (intake.serves(digest, request.repository())) {
                return Optional.empty();
            }
            Spool spool = spool(digest);
            fetch = new Fetch(new Blob(access.upstream(), digest, request.caches()), request.repository(), this, spool);
            Optional<Spool.Recorded> left = Spools.recorded(spool);
            left.ifPresent(fetch::announce);
            underWay.put(digest, fetch);
            turn = queue.enter(
                    fetch,
                    left.<Runnable>map(recorded -> () -> fetch.resume(recorded))
                            .orElse(() -> fetch.begin(first, behind)));
        }
        turn.ifPresent(Runnable::run);
        return Optional.of(fetch);
    }

    /** Where the bytes of a blob are that is stored. */
    public Path stored(Digest digest) {
        return intake.path(digest);
    }

    /** Keeps a blob from being evicted. */
    public InUse.Hold hold(Digest digest) {
        return inUse.hold(digest);
    }

    private Spool spool(Digest digest) throws RegistryException {
        try {
            return spools.open(digest);
        } catch (IOException e) {
            unstored.holds("a spool cannot be opened: " + e.getMessage());
            spools.noRoom();
            throw RegistryError.storageDown(access.upstream().name()).exception();
        }
    }

    /** Continues the downloads of an earlier run of the program; blocks for a moment. */
    public void resume() {
        try {
            for (Digest digest : spools.left()) {
                resume(digest);
            }
        } catch (IOException e) {
            LOG.debug("upstream={} has no spools: {}", access.upstream().name(), e.getMessage());
        }
    }

    private void resume(Digest digest) throws IOException {
        Optional<Spool.Recorded> recorded;
        synchronized (this) {
            if (underWay.containsKey(digest)) {
                // A client came first, and its spool has no record yet.
                return;
            }
            Spool spool = spools.open(digest);
            recorded = Spools.recorded(spool);
            if (recorded.isEmpty()) {
                spool.delete();
                return;
            }
            spool.close();
        }
        try {
            begin(
                    new Blob(access.upstream(), digest, "")
                            .requestIn(recorded.get().repository()),
                    0,
                    Long.MAX_VALUE);
        } catch (RegistryException e) {
            LOG.info(
                    "upstream={} blob={} continued=false why=\"{}\"",
                    access.upstream().name(),
                    digest,
                    e.getMessage());
        }
    }

    Question question(RegistryRequest request, String range, Download download) {
        HttpHeaders headers = new DefaultHttpHeaders();
        if (!range.isEmpty()) {
            headers.set(HttpHeaderNames.RANGE, range);
        }
        return new Question(access, request, request.upstreamTarget(), HttpMethod.GET, headers, download);
    }

    void start(Download download) {
        route.start(download, failure -> {
            if (failure != null) {
                download.broken(failure);
            }
        });
    }

    void over(Fetch fetch) {
        synchronized (this) {
            underWay.remove(fetch.blob().digest(), fetch);
        }
        queue.leave(fetch).ifPresent(Runnable::run);
    }

    /** Whether spools can be written, as far as is known. */
    public boolean hasRoom() {
        return spools.hasRoom();
    }

    /** A spool could not be written. */
    void noRoom() {
        spools.noRoom();
    }

    /** Reserves room for a blob; other content may have to go first. */
    CompletableFuture<Void> reserve(long bytes) {
        return room.reserve(bytes);
    }

    /** Ends a reservation. */
    void release(long bytes, boolean isStored) {
        room.release(bytes, isStored);
    }

    void work(Runnable task) {
        WORK.execute(task);
    }

    void takeIn(Runnable task) {
        TAKE_IN.execute(task);
    }

    LastingState unstored() {
        return unstored;
    }

    Intake intake() {
        return intake;
    }

    UpstreamLimits limits() {
        return limits;
    }

    /** Ends all, to be continued by the next run of the program. */
    public void close() {
        List<Fetch> all;
        synchronized (this) {
            all = List.copyOf(underWay.values());
            queue.clear();
        }
        all.forEach(fetch -> fetch.fail(RegistryError.stopping(), true));
    }
}
