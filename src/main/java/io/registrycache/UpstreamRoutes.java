package io.registrycache;

import io.registrycache.config.ConfigException;
import io.registrycache.config.Retention;
import io.registrycache.config.TagChecks;
import io.registrycache.config.Upstream;
import io.registrycache.config.Upstreams;
import io.registrycache.process.ChildRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;

/**
 * Makes the routes of the upstreams: from {@code CONFIG} an instance of the template {@code upstream} each, beside those
 * that {@code upstreams.camel.yaml} has made; and for all of them the routes that keep their children running.
 */
final class UpstreamRoutes {

    private static final String TEMPLATE = "upstream";

    private final CamelContext context;

    UpstreamRoutes(CamelContext context) {
        this.context = context;
    }

    /** The upstreams of the configuration, and behind them those that the YAML routes name. */
    Upstreams add(Upstreams configured) throws Exception {
        Upstreams all = configured.with(inYaml());
        for (Upstream upstream : configured.all()) {
            context.addRouteFromTemplate(upstream.name(), TEMPLATE, Map.of("name", upstream.name()));
        }
        return all;
    }

    /** The route that keeps an upstream's child running. */
    void addChild(ChildRegistry child) throws Exception {
        context.getRegistry().bind("child-" + child.name(), child);
        context.addRouteFromTemplate(
                "registry-process-" + child.name(),
                "registry-process",
                Map.of("name", child.name(), "config", child.file().toString()));
    }

    private List<Upstream> inYaml() {
        List<Upstream> found = new ArrayList<>();
        ModelCamelContext model = (ModelCamelContext) context;
        for (RouteDefinition route : model.getRouteDefinitions()) {
            Map<String, Object> parameters = route.getTemplateParameters();
            if (parameters != null && parameters.containsKey("registry")) {
                found.add(upstream(route.getRouteId(), parameters));
            }
        }
        return found;
    }

    private static Upstream upstream(String routeId, Map<String, Object> parameters) {
        String place = "upstreams.camel.yaml, " + routeId;
        String name = String.valueOf(parameters.get("name"));
        String registry = String.valueOf(parameters.get("registry"));
        Upstream upstream = Upstream.of(
                        place, registry.isBlank() ? name : registry, name, names(parameters, "aliases"), Map.of())
                .with(Retention.of(
                        place,
                        String.valueOf(parameters.get("limit")),
                        String.valueOf(parameters.get("keep")),
                        names(parameters, "pin")))
                .with(TagChecks.of(place, String.valueOf(parameters.get("fresh")), names(parameters, "immutable")));
        if (!upstream.name().equals(name)) {
            throw new ConfigException(place, "name \"" + name + "\" has capitals; give \"" + upstream.name() + "\"");
        }
        if (!upstream.name().equals(routeId)) {
            throw new ConfigException(place, "routeId and name differ; give both as \"" + upstream.name() + "\"");
        }
        return upstream;
    }

    private static List<String> names(Map<String, Object> parameters, String key) {
        String names = String.valueOf(parameters.get(key));
        return names.isBlank() ? List.of() : List.of(names.strip().split("\\s*,\\s*"));
    }
}
