package io.registrycache;

import io.netty.channel.EventLoopGroup;
import io.registrycache.config.CacheConfig;
import io.registrycache.config.Retention;
import io.registrycache.config.Upstream;
import io.registrycache.config.UpstreamLimits;
import io.registrycache.fetch.Fetches;
import io.registrycache.fetch.FileIntake;
import io.registrycache.fetch.Intake;
import io.registrycache.fetch.NoIntake;
import io.registrycache.process.Children;
import io.registrycache.process.RunFolder;
import io.registrycache.process.UpstreamChild;
import io.registrycache.relay.Bucket;
import io.registrycache.relay.DoorReader;
import io.registrycache.relay.UpstreamConnections;
import io.registrycache.storage.ContentStore;
import io.registrycache.storage.DiskRoom;
import io.registrycache.storage.Eviction;
import io.registrycache.storage.InUse;
import io.registrycache.storage.Layout;
import io.registrycache.storage.UpstreamStorage;
import io.registrycache.upstream.Answers;
import io.registrycache.upstream.AskUpstream;
import io.registrycache.upstream.RateLimit;
import io.registrycache.upstream.ReachabilityMonitor;
import io.registrycache.upstream.RouteEntry;
import io.registrycache.upstream.Transport;
import io.registrycache.upstream.UpstreamAccess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What belongs to each upstream, by its name: its child, its storage, and the way to it. */
final class Ways {

    private static final Logger LOG = LoggerFactory.getLogger(Ways.class);

    private final CacheConfig config;
    private final RunFolder folder;
    private final Children children;
    private final EventLoopGroup eventLoops;
    private final EventLoopGroup upstreamLoops;
    private final int backDoor;
    private final Transport toChildren;

    private final Map<String, UpstreamStorage> storages = new LinkedHashMap<>();
    private final Map<String, ContentStore> stores = new HashMap<>();
    private final Map<String, Bucket> buckets = new HashMap<>();
    private final Map<String, Answers> answers = new HashMap<>();
    private final Map<String, Fetches> fetches = new HashMap<>();
    private final Map<String, ReachabilityMonitor> monitors = new HashMap<>();
    private final Map<String, RateLimit> rateLimits = new HashMap<>();
    private final Map<String, DoorReader.Child> doors = new HashMap<>();
    private final Map<String, ToDownload> downloads = new HashMap<>();

    private boolean isTtlExplained;

    /** What an upstream's downloads need. */
    private record ToDownload(UpstreamChild child, UpstreamAccess access, UpstreamLimits limits) {}

    Ways(
            CacheConfig config,
            RunFolder folder,
            Children children,
            EventLoopGroup eventLoops,
            EventLoopGroup upstreamLoops,
            int backDoor) {
        this.config = config;
        this.folder = folder;
        this.children = children;
        this.eventLoops = eventLoops;
        this.upstreamLoops = upstreamLoops;
        this.backDoor = backDoor;
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

    void add(Upstream upstream, AskUpstream questions) {
        String name = upstream.name();
        Map<String, String> environment = upstream.environment(config.environment());
        UpstreamLimits limits = UpstreamLimits.of(environment);
        Transport transport = new UpstreamConnections(name, upstreamLoops, environment, limits.connections());
        ReachabilityMonitor monitor = new ReachabilityMonitor(upstream, transport, eventLoops);
        UpstreamAccess access = new UpstreamAccess(upstream, environment, transport, monitor);
        UpstreamChild child = new UpstreamChild(upstream, config.environment(), folder, backDoor, monitor);
        children.add(child);
        monitors.put(name, monitor);
        rateLimits.put(name, access.rateLimit());
        answers.put(name, new Answers(access, questions));
        doors.put(name, new DoorReader.Child(upstream, child::secret));
        downloads.put(name, new ToDownload(child, access, limits));
        child.folder().ifPresent(root -> storages.put(name, storage(upstream, root, environment)));
        explainTtl(environment);
    }

    private static UpstreamStorage storage(Upstream upstream, Path folder, Map<String, String> environment) {
        Retention retention = upstream.retention();
        return new UpstreamStorage(upstream.name(), folder, retention, retention.keep(environment));
    }

    /** When all upstreams are known, which share the disk. */
    Eviction connect(RouteEntry route) throws IOException {
        Eviction eviction = new Eviction(storages.values(), config.limit());
        downloads.forEach((name, to) -> fetches.put(name, fetches(to, route, eviction)));
        return eviction;
    }

    private Fetches fetches(ToDownload to, RouteEntry route, Eviction eviction) {
        String name = to.child().upstream().name();
        UpstreamStorage storage = storages.get(name);
        if (storage != null) {
            ContentStore store = new ContentStore(storage.layout(), storage.inUse(), to.child()::isChecked);
            stores.put(name, store);
            return new Fetches(
                    to.access(),
                    route,
                    storage.layout().spools(),
                    new FileIntake(store),
                    eviction.room(storage),
                    storage.inUse(),
                    to.limits());
        }
        Path spools = folder.path().resolve(Layout.SPOOLS).resolve(name);
        return new Fetches(
                to.access(), route, spools, intake(to.child()), new DiskRoom(spools), new InUse(), to.limits());
    }

    private Intake intake(UpstreamChild child) {
        if (child.isInMemory()) {
            return new NoIntake();
        }
        Bucket bucket = new Bucket(toChildren, child::port);
        buckets.put(child.upstream().name(), bucket);
        return bucket;
    }

    /** Learns whether the upstreams are there, and goes on with what an earlier run began to download. */
    void begin() {
        monitors.values().forEach(ReachabilityMonitor::watch);
        Thread resuming = new Thread(() -> fetches.values().forEach(Fetches::resume), "resume");
        resuming.setDaemon(true);
        resuming.start();
    }

    void close() {
        fetches.values().forEach(Fetches::close);
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

    Map<String, RateLimit> rateLimits() {
        return rateLimits;
    }

    Map<String, ReachabilityMonitor> monitors() {
        return monitors;
    }

    Map<String, DoorReader.Child> doors() {
        return doors;
    }
}
