package io.registrycache;

import io.netty.channel.EventLoopGroup;
import io.registrycache.config.CacheConfig;
import io.registrycache.config.ConfigException;
import io.registrycache.config.Upstream;
import io.registrycache.config.UpstreamLimits;
import io.registrycache.config.Upstreams;
import io.registrycache.process.SharedRoot;
import io.registrycache.relay.EventLoops;
import io.registrycache.relay.UpstreamConnections;
import io.registrycache.upstream.Proxies;
import io.registrycache.upstream.Transport;
import io.registrycache.upstream.Trust;
import io.registrycache.upstream.UpstreamCheck;
import io.registrycache.upstream.Verdict;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.impl.DefaultCamelContext;

/**
 * {@code --check}: prints the meaning of the configuration, asks each upstream, and names the problems. It holds no
 * port and no lock and writes nothing, so a program that runs on the same storage is not disturbed.
 */
final class CheckCommand {

    private final CacheConfig config;
    private final CheckReport report;

    CheckCommand(CacheConfig config, PrintStream out) {
        this.config = config;
        this.report = new CheckReport(out);
    }

    /** Returns the exit code. */
    int run() {
        Logging.adjust(config.log().forCommand());
        report.fact("version", Usage.version());
        Upstreams upstreams = upstreams();
        LocalCheck local = new LocalCheck(config, report);
        local.print();
        upstreams.all().forEach(upstream -> report.fact("upstream", described(upstream, upstreams)));
        config.warnings().forEach(report::note);
        local.check(upstreams.all());
        checkVariables(upstreams);
        ask(upstreams);
        return report.end();
    }

    /** With those of the YAML routes, if these can be read. */
    private Upstreams upstreams() {
        RouteFiles files = new RouteFiles(config.routes());
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            files.requireAll();
            files.loadAll(context);
            Upstreams all = new UpstreamRoutes(context).add(config.upstreams());
            SharedRoot.refuse(all.all(), config.environment(), config.registryCommand());
            return all;
        } catch (ConfigException e) {
            report.problem(e);
        } catch (Exception e) {
            report.problem(StartFailure.explain(e), "correct the file, or take that of the release");
        }
        return config.upstreams();
    }

    /** Those that name proxies and certificates, which a start takes as they are. */
    private void checkVariables(Upstreams upstreams) {
        Set<String> ofAll = mistakes(config.environment());
        ofAll.forEach(report::problem);
        for (Upstream upstream : upstreams.all()) {
            Set<String> own = mistakes(environment(upstream));
            own.removeAll(ofAll);
            own.forEach(mistake -> report.problem(upstream.name() + ": " + mistake));
        }
    }

    private static Set<String> mistakes(Map<String, String> environment) {
        Set<String> mistakes = new LinkedHashSet<>(new Proxies(environment).mistakes());
        mistakes.addAll(Trust.mistakes(environment));
        return mistakes;
    }

    private Map<String, String> environment(Upstream upstream) {
        return upstream.environment(config.environment());
    }

    private String described(Upstream upstream, Upstreams all) {
        Map<String, String> environment = environment(upstream);
        List<String> facts = new ArrayList<>(List.of(upstream.toString()));
        if (upstream.equals(all.byDefault())) {
            facts.add("default");
        }
        Set<String> aliases = new LinkedHashSet<>(upstream.aliases());
        aliases.addAll(upstream.customaryNames());
        aliases.remove(upstream.name());
        if (!aliases.isEmpty()) {
            facts.add("also " + String.join(" ", aliases));
        }
        if (!environment.getOrDefault("REGISTRY_PROXY_USERNAME", "").isBlank()) {
            facts.add("with credentials");
        }
        new Proxies(environment).proxy(upstream.url()).ifPresent(it -> facts.add("through the proxy " + it.origin()));
        upstream.retention().limit().ifPresent(it -> facts.add("limit " + it));
        upstream.retention().keep().ifPresent(it -> facts.add("keep " + text(it)));
        count(upstream.retention().pins(), "pinned").ifPresent(facts::add);
        if (!upstream.tagChecks().fresh().isZero()) {
            facts.add("fresh " + text(upstream.tagChecks().fresh()));
        }
        count(upstream.tagChecks().immutable(), "immutable").ifPresent(facts::add);
        count(upstream.warmUp().images(), "warm").ifPresent(facts::add);
        return String.join(", ", facts);
    }

    private static Optional<String> count(List<?> list, String name) {
        return list.isEmpty() ? Optional.empty() : Optional.of(list.size() + " " + name);
    }

    /** Such as 1h30m. */
    private static String text(Duration time) {
        return time.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
    }

    /** All at the same time. */
    private void ask(Upstreams upstreams) {
        EventLoopGroup loops = EventLoops.upstream();
        Map<Upstream, CompletableFuture<Verdict>> asked = new LinkedHashMap<>();
        for (Upstream upstream : upstreams.all()) {
            try {
                asked.put(upstream, ask(upstream, loops));
            } catch (ConfigException e) {
                report.problem(e);
            }
        }
        asked.forEach((upstream, verdict) -> print(upstream, verdict.join()));
    }

    private CompletableFuture<Verdict> ask(Upstream upstream, EventLoopGroup loops) {
        Map<String, String> environment = environment(upstream);
        int connections = UpstreamLimits.of(environment).connections();
        // A mistake in a time is found here, as at a start.
        upstream.retention().keep(environment);
        Transport transport = new UpstreamConnections(upstream.name(), loops, environment, connections);
        return new UpstreamCheck(upstream, environment, transport, loops).run();
    }

    private void print(Upstream upstream, Verdict verdict) {
        if (verdict instanceof Verdict.Problem problem) {
            report.problem(upstream.name() + ": " + problem.text(), problem.fix());
        } else if (verdict instanceof Verdict.Fine fine) {
            report.ok(upstream.name() + (fine.remark().isEmpty() ? "" : ": " + fine.remark()));
        }
    }
}
