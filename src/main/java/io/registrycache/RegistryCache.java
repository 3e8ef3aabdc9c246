package io.registrycache;

import static java.util.Objects.requireNonNull;

import io.netty.channel.EventLoopGroup;
import io.registrycache.config.CacheConfig;
import io.registrycache.config.JmxConfig;
import io.registrycache.config.Upstream;
import io.registrycache.config.Upstreams;
import io.registrycache.management.MeteredPulls;
import io.registrycache.management.Metrics;
import io.registrycache.management.RemoteJmx;
import io.registrycache.management.RouteMBeans;
import io.registrycache.process.Children;
import io.registrycache.process.Loopback;
import io.registrycache.process.RunFolder;
import io.registrycache.process.SharedRoot;
import io.registrycache.process.UpstreamLife;
import io.registrycache.relay.ClientConnections;
import io.registrycache.relay.EventLoops;
import io.registrycache.status.Statistics;
import io.registrycache.status.Traffic;
import io.registrycache.traffic.AccessLog;
import io.registrycache.traffic.TransferObserver;
import io.registrycache.upstream.RateLimit;
import io.registrycache.upstream.RouteEntry;
import io.registrycache.warm.Endpoint;
import io.registrycache.warm.WarmUps;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.ManagementMBeansLevel;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.spi.Registry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The program: wires configuration and routes together, and sees to a start with clear errors and an orderly end. */
public final class RegistryCache extends MainListenerSupport {

    private static final Logger LOG = LoggerFactory.getLogger(RegistryCache.class);
    private static final int DRAIN_SECONDS = 30;
    /** Transfers may go on for so long at the end; a child takes up to 5 s more to end. */
    private static final int TRANSFER_SECONDS = 23;

    private final CacheConfig config;
    private final RouteFiles routeFiles;
    private final RunFolder folder;
    private final EventLoopGroup eventLoops = EventLoops.start();
    private final EventLoopGroup upstreamLoops = EventLoops.upstream();
    private final int backDoor;
    private final Traffic traffic = new Traffic();
    private final Statistics statistics;
    private final Metrics metrics = new Metrics();
    private final ClientConnections clientConnections;
    private final Children children = new Children();
    private @Nullable LiveUpstreams live;
    private @Nullable Reload reload;
    private @Nullable WarmUps warmUps;
    private final Main main = new Main();
    private @Nullable Ways ways;
    private @Nullable Exception startFailure;

    private RegistryCache(CacheConfig config) throws IOException {
        this.config = config;
        Logging.adjust(config.log());
        config.warnings().forEach(LOG::warn);
        this.routeFiles = new RouteFiles(config.routes());
        routeFiles.requireAll();
        ListenAddress.requireFree(config);
        this.folder = RunFolder.open(config.environment(), config.upstreams().all());
        this.statistics =
                new Statistics(traffic, config.statistics().orElse(folder.path().resolve("statistics")));
        this.backDoor = Loopback.freePort();
        this.clientConnections = new ClientConnections(observers());
    }

    private List<TransferObserver> observers() {
        List<TransferObserver> observers =
                new ArrayList<>(List.of(traffic, metrics, new MeteredPulls(this::rateLimit)));
        config.accessLog().map(AccessLog::new).ifPresent(observers::add);
        return observers;
    }

    private Optional<RateLimit> rateLimit(String upstream) {
        return Optional.ofNullable(ways).map(it -> it.rateLimits().get(upstream));
    }

    public static void main(String[] args) throws Exception {
        try {
            if (args.length > 0) {
                System.exit(Commands.run(args, () -> CacheConfig.of(System.getenv(), home())));
            }
            CacheConfig config = CacheConfig.of(System.getenv(), home());
            config.jmx().ifPresent(RegistryCache::announceHost);
            new RegistryCache(config).runToEnd();
        } catch (Exception e) {
            System.err.println("docker-registry-cache: " + StartFailure.explain(e));
            System.exit(2);
        }
    }

    private static void announceHost(JmxConfig jmx) {
        if (System.getProperty(RemoteJmx.RMI_HOST) == null) {
            System.setProperty(RemoteJmx.RMI_HOST, jmx.publicHost());
        }
    }

    private void runToEnd() throws Exception {
        OrderlyEnd end = new OrderlyEnd(DRAIN_SECONDS + 10);
        int code = 2;
        try {
            run();
            code = 0;
        } finally {
            end.reached(code);
        }
    }

    private void run() throws Exception {
        main.configure()
                .withName("docker-registry-cache")
                .withRoutesIncludePattern(routeFiles.first())
                .withAutoConfigurationLogSummary(false)
                .withShutdownTimeout(DRAIN_SECONDS)
                .withStreamCachingEnabled(false)
                .withJmxManagementMBeansLevel(ManagementMBeansLevel.RoutesOnly);
        main.addInitialProperty("cache.host", config.host());
        main.addInitialProperty("cache.port", Integer.toString(config.port()));
        main.addInitialProperty("management.host", config.managementHost());
        main.addInitialProperty("management.port", Integer.toString(config.managementPort()));
        main.addInitialProperty("back-door.port", Integer.toString(backDoor));
        main.addInitialProperty("registry.command", config.registryCommand().toString());
        main.addInitialProperty("netty.native", Boolean.toString(EventLoops.isNative()));
        // An operator stopped the route, and each upstream has a check of its own.
        main.addInitialProperty("camel.health.exposure-level", "full");
        main.addInitialProperty("camel.health.routes-enabled", "false");
        main.addInitialProperty("camel.health.consumers-enabled", "false");
        main.addInitialProperty("camel.health.producers-enabled", "false");
        // A route that is stopped has no consumer, and waiting for one would hold up an event loop.
        main.addInitialProperty("camel.component.direct.block", "false");
        main.addMainListener(this);
        try {
            main.run();
        } finally {
            endChildren();
        }
        if (startFailure != null) {
            throw startFailure;
        }
    }

    private void endChildren() {
        if (ways != null) {
            ways.close();
        }
        children.close();
        statistics.save();
        try {
            folder.close();
        } catch (IOException e) {
            LOG.warn("{} could not be left in order", folder.path(), e);
        }
    }

    @Override
    public void afterConfigure(BaseMainSupport main) {
        try {
            wire(main.getCamelContext());
        } catch (Exception e) {
            throw e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
        }
    }

    private void wire(CamelContext context) throws Exception {
        context.getManagementStrategy().setManagementObjectNameStrategy(new RouteMBeans());
        UpstreamRoutes routes = new UpstreamRoutes(context);
        Upstreams upstreams = routes.add(config.upstreams());
        SharedRoot.refuse(upstreams.all(), config.environment(), config.registryCommand());
        Registry beans = context.getRegistry();
        RouteEntry questions = new RouteEntry(context, "direct:ask-upstream", "question");
        RouteEntry downloads = new RouteEntry(context, "direct:fetch", "download");
        Ways ways = new Ways(config, folder, children, eventLoops, upstreamLoops, backDoor, questions, downloads);
        this.ways = ways;
        UpstreamViews views = new UpstreamViews(context, ways, traffic, metrics);
        LiveUpstreams live = new LiveUpstreams(upstreams, folder, children, ways, routes, views, traffic);
        this.live = live;
        Reload reload = new Reload(
                config,
                System.getenv(),
                config.routes().resolve("upstreams.camel.yaml"),
                new YamlUpstreams(context),
                live,
                this::warnOfStray);
        this.reload = reload;
        WarmUps warmUps = new WarmUps(() -> live.get().all(), new Endpoint(config.host(), config.port()));
        this.warmUps = warmUps;
        live.begin(LiveUpstreams.configured(upstreams, config, any -> ""));
        new PullBeans(config, live, children, ways, eventLoops, clientConnections).bind(beans);
        new StatusBeans(config, live, children, ways, traffic, statistics, metrics).bind(beans);
        beans.bind("upstreamLife", new UpstreamLife(children));
        beans.bind("eviction", ways.eviction());
        beans.bind("reload", reload);
        beans.bind("warmUps", warmUps);
        if (config.jmx().isPresent()) {
            RemoteJmx.listen(config.jmx().get());
        }
    }

    @Override
    public void afterStart(BaseMainSupport started) {
        LOG.info("serving on {}:{}", config.host(), config.port());
        try {
            startTheRest(started.getCamelContext());
        } catch (Exception e) {
            // Camel would only log it, and go on without the rest.
            startFailure = e;
            main.completed();
            return;
        }
        RouteMBeans.countOnce(started.getCamelContext());
        Thread opening = new Thread(metrics::open);
        opening.setDaemon(true);
        opening.start();
    }

    /** Starts the parts that the first pull does not need. */
    private void startTheRest(CamelContext context) throws Exception {
        statistics.load();
        routeFiles.loadForChildren(context);
        requireNonNull(live).beginTheRest();
        requireNonNull(reload).begin();
        routeFiles.loadForWatching(context);
        Collection<Upstream> upstreams = requireNonNull(live).get().all();
        startAside(() -> StrayFolders.warn(config, upstreams, jar()));
    }

    private void warnOfStray(Upstream removed) {
        startAside(() -> StrayFolders.warn(config, removed, jar()));
    }

    private static void startAside(Runnable task) {
        Thread aside = new Thread(task);
        aside.setDaemon(true);
        aside.start();
    }

    /** Lets transfers finish, then ends the children; Camel stops the rest. */
    @Override
    public void beforeStop(BaseMainSupport main) {
        if (warmUps != null) {
            warmUps.close();
        }
        clientConnections.drain();
        if (reload != null) {
            reload.close();
        }
        eventLoops.schedule(this::cutTransfers, TRANSFER_SECONDS, TimeUnit.SECONDS);
        try {
            main.getCamelContext().getRouteController().stopRoute("front-door", TRANSFER_SECONDS + 1, TimeUnit.SECONDS);
        } catch (Exception e) {
            LOG.warn("the front door did not close in order", e);
        }
        endChildren();
    }

    private void cutTransfers() {
        LOG.warn("cut={} why=\"they did not end within {} s\"", traffic.inFlight(), TRANSFER_SECONDS);
        clientConnections.cut();
    }

    /** The folder of the project: the jar lies in its {@code target}. */
    private static Path home() {
        return jar().resolve("../..").normalize();
    }

    private static Path jar() {
        try {
            return Path.of(RegistryCache.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
