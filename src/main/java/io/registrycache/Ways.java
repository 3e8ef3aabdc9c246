package io.registrycache;

import static java.util.Objects.requireNonNull;

import io.netty.channel.EventLoopGroup;
import io.registrycache.config.CacheConfig;
import io.registrycache.config.Configured;
import io.registrycache.config.Retention;
import io.registrycache.config.Upstream;
import io.registrycache.config.UpstreamLimits;
import io.registrycache.fetch.Fetch;
import io.registrycache.fetch.Fetches;
import io.registrycache.fetch.NoIntake;
import io.registrycache.process.Children;
import io.registrycache.process.RunFolder;
import io.registrycache.process.UpstreamChild;
import io.registrycache.referrers.Referrers;
import io.registrycache.relay.Bucket;
import io.registrycache.relay.DoorReader;
import io.registrycache.relay.UpstreamConnections;
import io.registrycache.storage.ContentStore;
import io.registrycache.storage.Eviction;
import io.registrycache.storage.ReferrerLists;
import io.registrycache.storage.ReferrersInFiles;
import io.registrycache.storage.ReferrersInMemory;
import io.registrycache.storage.SmallContent;
import io.registrycache.storage.UpstreamStorage;
import io.registrycache.upstream.Answers;
import io.registrycache.upstream.AskUpstream;
import io.registrycache.upstream.RateLimit;
import io.registrycache.upstream.ReachabilityMonitor;
import io.registrycache.upstream.RouteEntry;
import io.registrycache.upstream.Transport;
import io.registrycache.upstream.UpstreamAccess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of each upstream, by its name: its child, its storage, and the way to it. The maps follow each change. */
final class Ways {

    private static final Logger LOG = LoggerFactory.getLogger(Ways.class);

    private final Children children;
    private final RunFolder folder;
    private final EventLoopGroup eventLoops;
    private final EventLoopGroup upstreamLoops;
    private final int backDoor;
    private final AskUpstream questions;
    private final Places places;
    private final Transport toChildren;

    private final Map<String, UpstreamStorage> storages = new ConcurrentHashMap<>();
    private final Map<String, ContentStore> stores = new ConcurrentHashMap<>();
    private final Map<String, Bucket> buckets = new ConcurrentHashMap<>();
    private final Map<String, Answers> answers = new ConcurrentHashMap<>();
    private final Map<String, Fetches> fetches = new ConcurrentHashMap<>();
    private final Map<String, Referrers> referrers = new ConcurrentHashMap<>();
    private final Map<String, ReachabilityMonitor> monitors = new ConcurrentHashMap<>();
    private final Map<String, RateLimit> rateLimits = new ConcurrentHashMap<>();
    private final Map<String, DoorReader.Child> doors = new ConcurrentHashMap<>();
    private final Map<String, Way> ways = new ConcurrentHashMap<>();
    private boolean isTtlExplained;

    /** The current parts of an upstream. */
    private record Way(Configured configured, UpstreamChild child, Place place) {}

    /**
     * Without upstreams.
     *
     * @param questions where upstreams are asked
     * @param downloads where layers are downloaded
     */
    Ways(
            CacheConfig config,
            RunFolder folder,
            Children children,
            EventLoopGroup eventLoops,
            EventLoopGroup upstreamLoops,
            int backDoor,
            RouteEntry questions,
            RouteEntry downloads)
            throws IOException {
        this.folder = folder;
        this.children = children;
        this.eventLoops = eventLoops;
        this.upstreamLoops = upstreamLoops;
        this.backDoor = backDoor;
        this.questions = new AskUpstream(questions, eventLoops);
        this.places = new Places(folder, downloads, new Eviction(List.of(), config.limit()));
        this.toChildren = new UpstreamConnections("child", upstreamLoops, Map.of(), 1000);
    }

    /** Says once that the registry's own variable means something else here. */
    private void explainTtl(Map<String, String> environment) {
        String ttl = environment.getOrDefault(Retention.REGISTRY_TTL, "");
        if (!ttl.isBlank() && !isTtlExplained) {
            LOG.info(
                    "{}={} is taken for CACHE_KEEP: content goes that was not used for so long",
                    Retention.REGISTRY_TTL,
                    ttl);
            isTtlExplained = true;
        }
    }

    void add(Configured configured) {
        Upstream upstream = configured.upstream();
        String name = upstream.name();
        Map<String, String> environment = configured.environment();
        UpstreamLimits limits = UpstreamLimits.of(environment);
        Transport transport = new UpstreamConnections(name, upstreamLoops, environment, limits.connections());
        ReachabilityMonitor monitor = new ReachabilityMonitor(upstream, transport, eventLoops);
        RateLimit rateLimit = new RateLimit(name);
        UpstreamAccess access = new UpstreamAccess(upstream, environment, transport, monitor, rateLimit);
        UpstreamChild child = new UpstreamChild(upstream, configured.inherited(), folder, backDoor, monitor);
        Place place = places.of(configured, child, access, limits);
        children.add(child);
        monitors.put(name, monitor);
        rateLimits.put(name, rateLimit);
        answers.put(name, new Answers(access, questions));
        doors.put(name, new DoorReader.Child(child::upstream, child::secrets));
        use(new Way(configured, child, place));
        explainTtl(environment);
    }

    /** Makes a place the one where an upstream's content is stored and downloaded to. */
    private void use(Way way) {
        String name = way.configured().name();
        Way before = ways.put(name, way);
        if (before == null || !before.place().equals(way.place())) {
            referrers.put(name, referrers(name, way.place()));
        }
        way.place().storage().ifPresentOrElse(it -> storages.put(name, it), () -> storages.remove(name));
        way.place().store().ifPresentOrElse(it -> stores.put(name, it), () -> stores.remove(name));
        if (way.place().store().isPresent() || way.child().isInMemory()) {
            buckets.remove(name);
        } else {
            buckets.computeIfAbsent(name, any -> new Bucket(toChildren, way.child()::port));
        }
        if (way.place().store().isEmpty()) {
            Bucket bucket = buckets.get(name);
            way.place().fetches().takeInto(bucket == null ? new NoIntake() : bucket);
        }
        fetches.put(name, way.place().fetches());
    }

    private Referrers referrers(String name, Place place) {
        ReferrerLists lists = place.storage()
                .<ReferrerLists>map(storage -> new ReferrersInFiles(storage.layout()))
                .orElseGet(ReferrersInMemory::new);
        return new Referrers(
                requireNonNull(answers.get(name)), requireNonNull(monitors.get(name)), place.store(), lists);
    }

    /** The configuration of the upstream has changed; returns the parts that this leaves behind. */
    List<Remainder> change(Configured next) {
        String name = next.name();
        Way before = requireNonNull(ways.get(name));
        List<Remainder> left = new ArrayList<>();
        Collection<Fetch> running = before.place().fetches().underWay();
        before.child()
                .tell(next.upstream(), next.inherited())
                .ifPresent(end -> left.add(new Remainder.OldChild(running, end)));
        Place place = next.isAskedAs(before.configured()) ? before.place() : ask(next, before);
        use(new Way(next, before.child(), place));
        place.storage()
                .ifPresent(it -> it.use(
                        next.upstream().retention(), next.upstream().retention().keep(next.environment())));
        if (!place.equals(before.place())) {
            places.memory().forget(name);
            left.add(leaveBehind(name, before.place()));
            resume(List.of(place.fetches()));
        }
        return left;
    }

    /** From now on the upstream is asked as it is configured now; returns where it stores now. */
    private Place ask(Configured next, Way before) {
        String name = next.name();
        UpstreamLimits limits = UpstreamLimits.of(next.environment());
        ReachabilityMonitor monitor = requireNonNull(monitors.get(name));
        Transport transport = new UpstreamConnections(name, upstreamLoops, next.environment(), limits.connections());
        UpstreamAccess access = new UpstreamAccess(
                next.upstream(), next.environment(), transport, monitor, requireNonNull(rateLimits.get(name)));
        requireNonNull(answers.get(name)).use(access);
        monitor.use(next.upstream(), transport);
        Place place = places.of(next, before.child(), access, limits);
        place.fetches().use(access, limits);
        return place;
    }

    private Remainder leaveBehind(String name, Place old) {
        if (old.store().isEmpty()) {
            // Its child stores elsewhere now.
            old.fetches().takeInto(new NoIntake());
        }
        return new Remainder.OldPlace(old, () -> isUsed(name, old), () -> places.drop(old));
    }

    private boolean isUsed(String name, Place place) {
        Way now = ways.get(name);
        return now != null && now.place().equals(place);
    }

    /** An upstream that is not configured any more; without clients it downloads nothing. */
    Remainder leave(String name, Runnable removal) {
        return new Remainder.OldPlace(requireNonNull(ways.get(name)).place(), () -> false, removal);
    }

    /** Forgets an upstream, and ends its child. */
    void remove(String name) {
        Way way = requireNonNull(ways.remove(name));
        requireNonNull(monitors.remove(name)).close();
        way.child().close();
        children.remove(name);
        places.drop(way.place());
        List.of(storages, stores, buckets, answers, fetches, referrers, rateLimits, doors)
                .forEach(map -> map.remove(name));
        places.memory().forget(name);
    }

    /** Lets the limits be those of the upstreams that there are now. */
    void cover() throws IOException {
        places.cover();
    }

    /** Probes the upstreams, and continues the downloads of an earlier run. */
    void begin(Collection<String> names) {
        names.forEach(name -> requireNonNull(monitors.get(name)).watch());
        resume(names.stream().map(fetches::get).filter(Objects::nonNull).toList());
    }

    private static void resume(List<Fetches> all) {
        Thread resuming = new Thread(() -> all.forEach(Fetches::resume), "resume");
        resuming.setDaemon(true);
        resuming.start();
    }

    void close() {
        places.close();
    }

    /** All upstreams that there are, also those that are about to go. */
    Collection<String> names() {
        return ways.keySet();
    }

    SmallContent memory() {
        return places.memory();
    }

    Eviction eviction() {
        return places.eviction();
    }

    Map<String, UpstreamStorage> storages() {
        return storages;
    }

    Map<String, ContentStore> stores() {
        return stores;
    }

    Map<String, Bucket> buckets() {
        return buckets;
    }

    Map<String, Answers> answers() {
        return answers;
    }

    Map<String, Fetches> fetches() {
        return fetches;
    }

    Map<String, Referrers> referrers() {
        return referrers;
    }

    Map<String, RateLimit> rateLimits() {
        return rateLimits;
    }

    Map<String, ReachabilityMonitor> monitors() {
        return monitors;
    }

    boolean isReachable(String upstream) {
        return requireNonNull(monitors.get(upstream)).isReachable();
    }

    Map<String, DoorReader.Child> doors() {
        return doors;
    }
}
