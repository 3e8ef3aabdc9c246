package io.registrycache;

import io.registrycache.config.ConfigException;
import io.registrycache.config.Retention;
import io.registrycache.config.TagChecks;
import io.registrycache.config.Upstream;
import io.registrycache.config.Upstreams;
import io.registrycache.config.WarmUp;
import io.registrycache.process.ChildRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;

/**
 * Makes the routes of the upstreams: from {@code CONFIG} an instance of the template {@code upstream} each, beside those
 * that {@code upstreams.camel.yaml} has made; and for all of them the routes that keep their children running.
 */
final class UpstreamRoutes {

    static final String TEMPLATE = "upstream";
    private static final String PROCESS = "registry-process-";
    /** More than a child takes to end. */
    private static final int STOP_SECONDS = 10;

    private final CamelContext context;

    UpstreamRoutes(CamelContext context) {
        this.context = context;
    }

    /** The upstreams of the configuration, and behind them those that the YAML routes name. */
    Upstreams add(Upstreams configured) throws Exception {
        Upstreams all = configured.with(inYaml());
        for (Upstream upstream : configured.all()) {
            add(upstream.name(), Map.of("name", upstream.name()));
        }
        return all;
    }

    /** The route that keeps an upstream's child running. */
    void addChild(ChildRegistry child) throws Exception {
        context.getRegistry().bind("child-" + child.name(), child);
        context.addRouteFromTemplate(
                PROCESS + child.name(),
                "registry-process",
                Map.of("name", child.name(), "config", child.file().toString()));
    }

    /** Makes the route of an upstream, which the program starts if it runs. */
    void add(String name, Map<String, Object> parameters) throws Exception {
        context.addRouteFromTemplate(name, TEMPLATE, parameters);
    }

    /** Removes an upstream's route and the one that keeps its child running, when that has ended. */
    void remove(String name) throws Exception {
        for (String id : List.of(PROCESS + name, name)) {
            RouteDefinition route = model().getRouteDefinition(id);
            if (route != null) {
                context.getRouteController().stopRoute(id, STOP_SECONDS, TimeUnit.SECONDS);
                model().removeRouteDefinition(route);
            }
        }
        context.getRegistry().unbind("child-" + name);
    }

    private ModelCamelContext model() {
        return (ModelCamelContext) context;
    }

    private List<Upstream> inYaml() {
        List<Upstream> found = new ArrayList<>();
        for (RouteDefinition route : model().getRouteDefinitions()) {
            Map<String, Object> parameters = route.getTemplateParameters();
            if (parameters != null && parameters.containsKey("registry")) {
                found.add(upstream(route.getRouteId(), parameters));
            }
        }
        return found;
    }

    /** The upstream that a route from the template is for; {@code parameters} without a value are blank. */
    static Upstream upstream(String routeId, Map<String, Object> parameters) {
        String place = "upstreams.camel.yaml, " + routeId;
        String name = text(parameters, "name");
        String registry = text(parameters, "registry");
        Upstream upstream = Upstream.of(
                        place, registry.isBlank() ? name : registry, name, names(parameters, "aliases"), Map.of())
                .with(Retention.of(
                        place, text(parameters, "limit"), text(parameters, "keep"), names(parameters, "pin")))
                .with(TagChecks.of(place, text(parameters, "fresh"), names(parameters, "immutable")))
                .with(WarmUp.of(place + ".warm", names(parameters, "warm"), List.of(), ""));
        if (!upstream.name().equals(name)) {
            throw new ConfigException(place, "name \"" + name + "\" has capitals; give \"" + upstream.name() + "\"");
        }
        if (!upstream.name().equals(routeId)) {
            throw new ConfigException(place, "routeId and name differ; give both as \"" + upstream.name() + "\"");
        }
        return upstream;
    }

    private static String text(Map<String, Object> parameters, String key) {
        return String.valueOf(parameters.getOrDefault(key, ""));
    }

    private static List<String> names(Map<String, Object> parameters, String key) {
        String names = text(parameters, key);
        return names.isBlank() ? List.of() : List.of(names.strip().split("\\s*,\\s*"));
    }
}
