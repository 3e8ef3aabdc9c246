package io.registrycache;

import io.registrycache.config.CacheConfig;
import io.registrycache.config.Configured;
import io.registrycache.config.Difference;
import io.registrycache.config.Upstream;
import io.registrycache.config.UpstreamLimits;
import io.registrycache.config.Upstreams;
import io.registrycache.process.Children;
import io.registrycache.process.RunFolder;
import io.registrycache.process.SharedRoot;
import io.registrycache.process.StorageFolders;
import io.registrycache.process.UpstreamChild;
import io.registrycache.status.Traffic;
import io.registrycache.upstream.Trust;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configured upstreams, which may change while the program runs. An added or changed one is for new requests;
 * a transfer that is under way ends as it began, and the parts that it needs are closed after that.
 */
final class LiveUpstreams implements Supplier<Upstreams> {

    private static final Logger LOG = LoggerFactory.getLogger(LiveUpstreams.class);

    private final RunFolder folder;
    private final Children children;
    private final Ways ways;
    private final UpstreamRoutes routes;
    private final UpstreamViews views;
    private final Traffic traffic;
    private final List<Leaving> leaving = new ArrayList<>();
    private List<Configured> configured = List.of();
    private volatile Upstreams upstreams;

    LiveUpstreams(
            Upstreams upstreams,
            RunFolder folder,
            Children children,
            Ways ways,
            UpstreamRoutes routes,
            UpstreamViews views,
            Traffic traffic) {
        this.upstreams = upstreams;
        this.folder = folder;
        this.children = children;
        this.ways = ways;
        this.routes = routes;
        this.views = views;
        this.traffic = traffic;
    }

    /** Those that new requests are for. */
    @Override
    public Upstreams get() {
        return upstreams;
    }

    /** Starts the parts that the upstreams need to answer; their routes are there already. */
    void begin(List<Configured> first) throws IOException {
        for (Configured each : first) {
            ways.add(each);
        }
        ways.cover();
        configured = List.copyOf(first);
    }

    /** Starts the parts that the first pull does not need. */
    void beginTheRest() throws Exception {
        for (UpstreamChild child : children.all()) {
            routes.addChild(child.program());
        }
        for (UpstreamChild child : children.all()) {
            views.add(child);
        }
        ways.begin(ways.names());
    }

    /** Sets the configured upstreams, with the details that took too long to find out at start. */
    void know(List<Configured> same) {
        configured = List.copyOf(same);
    }

    /**
     * Makes these the upstreams.
     *
     * @param config the configuration that they have in common
     * @param parameters of the routes of those that are not in the configuration, by name
     * @throws io.registrycache.config.ConfigException if something is wrong, and then nothing is changed
     */
    Difference become(
            CacheConfig config, Upstreams all, List<Configured> next, Map<String, Map<String, Object>> parameters)
            throws Exception {
        Difference difference = Difference.between(configured, next);
        if (difference.isEmpty()) {
            return difference;
        }
        check(config, all, difference);
        folder.take(config.environment(), all.all());
        List<String> added = new ArrayList<>();
        try {
            for (Configured each : difference.added()) {
                added.add(each.name());
                add(each, parameters.getOrDefault(each.name(), Map.of("name", each.name())));
            }
        } catch (Exception e) {
            for (String name : added) {
                remove(name);
            }
            throw e;
        }
        difference.changed().forEach(this::change);
        ways.cover();
        upstreams = all;
        configured = List.copyOf(next);
        for (Configured each : difference.removed()) {
            String name = each.name();
            leaving.add(new Leaving(name, true, ways.leave(name, () -> remove(name))));
        }
        ways.eviction().check();
        return difference;
    }

    private static void check(CacheConfig config, Upstreams all, Difference difference) {
        SharedRoot.refuse(all.all(), config.environment(), config.registryCommand());
        for (List<Configured> some : List.of(difference.added(), difference.changed())) {
            for (Configured each : some) {
                Upstream upstream = each.upstream();
                UpstreamLimits.of(each.environment());
                upstream.retention().keep(each.environment());
                StorageFolders.check(upstream, each.inherited());
                Trust.requireCertificates(each.environment());
            }
        }
    }

    private void add(Configured each, Map<String, Object> parameters) throws Exception {
        String name = each.name();
        if (ways.names().contains(name)) {
            // It was removed a short while ago, and transfers go on.
            leaving.removeIf(it -> it.isOfWhole(name));
            change(each);
            return;
        }
        ways.add(each);
        routes.add(name, parameters);
        UpstreamChild child = children.get(name);
        routes.addChild(child.program());
        views.add(child);
        ways.begin(List.of(name));
    }

    private void change(Configured each) {
        String name = each.name();
        ways.change(each).forEach(left -> leaving.add(new Leaving(name, false, left)));
        views.update(name);
    }

    /** Closes the remainders that are not needed any more. */
    void settle() throws IOException {
        List<Leaving> over = leaving.stream()
                .filter(it -> it.isOver(traffic.inFlight(it.upstream())))
                .toList();
        if (over.isEmpty()) {
            return;
        }
        leaving.removeAll(over);
        over.forEach(Leaving::end);
        ways.cover();
    }

    private void remove(String name) {
        try {
            views.remove(name);
            children.find(name).ifPresent(UpstreamChild::close);
            routes.remove(name);
        } catch (Exception e) {
            LOG.warn("upstream={} its routes were not removed", name, e);
        }
        ways.remove(name);
    }

    /** An upstream with all that determines how it is asked. */
    static List<Configured> configured(
            Upstreams all, CacheConfig config, Function<Map<String, String>, String> certificates) {
        return all.all().stream()
                .map(upstream -> new Configured(
                        upstream, config.environment(), certificates.apply(upstream.environment(config.environment()))))
                .toList();
    }
}
