package io.registrycache;

import io.netty.channel.EventLoopGroup;
import io.registrycache.config.CacheConfig;
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
import io.registrycache.upstream.Answers;
import io.registrycache.upstream.AskUpstream;
import io.registrycache.upstream.ReachabilityMonitor;
import io.registrycache.upstream.RouteEntry;
import io.registrycache.upstream.Transport;
import io.registrycache.upstream.UpstreamAccess;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What belongs to each upstream, by its name: its child, its storage, and the way to it. */
final class Ways {

    /** Beside the registry's own folder, so that a move within one file system makes a spool stored content. */
    private static final String SPOOLS = "_fetches";

    private final CacheConfig config;
    private final RunFolder folder;
    private final Children children;
    private final EventLoopGroup eventLoops;
    private final EventLoopGroup upstreamLoops;
    private final int backDoor;
    private final Transport toChildren;

    private final Map<String, ContentStore> stores = new HashMap<>();
    private final Map<String, Bucket> buckets = new HashMap<>();
    private final Map<String, Answers> answers = new HashMap<>();
    private final Map<String, Fetches> fetches = new HashMap<>();
    private final Map<String, ReachabilityMonitor> monitors = new HashMap<>();
    private final Map<String, DoorReader.Child> doors = new HashMap<>();

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

    void add(Upstream upstream, AskUpstream questions, RouteEntry downloads) {
        String name = upstream.name();
        Map<String, String> environment = upstream.environment(config.environment());
        UpstreamLimits limits = UpstreamLimits.of(environment);
        Transport transport = new UpstreamConnections(name, upstreamLoops, environment, limits.connections());
        ReachabilityMonitor monitor = new ReachabilityMonitor(upstream, transport, eventLoops);
        UpstreamAccess access = new UpstreamAccess(upstream, environment, transport, monitor);
        UpstreamChild child = new UpstreamChild(upstream, config.environment(), folder, backDoor, monitor);
        children.add(child);
        monitors.put(name, monitor);
        answers.put(name, new Answers(access, questions));
        doors.put(name, new DoorReader.Child(upstream, child::secret));
        Path spools = child.folder()
                .map(root -> root.resolve(SPOOLS))
                .orElseGet(() -> folder.path().resolve(SPOOLS).resolve(name));
        fetches.put(name, new Fetches(access, downloads, spools, intake(child), limits));
    }

    private Intake intake(UpstreamChild child) {
        String name = child.upstream().name();
        Optional<Path> root = child.folder();
        if (root.isPresent()) {
            ContentStore store = new ContentStore(root.get(), child::isChecked);
            stores.put(name, store);
            return new FileIntake(store);
        }
        if (child.isInMemory()) {
            return new NoIntake();
        }
        Bucket bucket = new Bucket(toChildren, child::port);
        buckets.put(name, bucket);
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

    Map<String, ReachabilityMonitor> monitors() {
        return monitors;
    }

    Map<String, DoorReader.Child> doors() {
        return doors;
    }
}
