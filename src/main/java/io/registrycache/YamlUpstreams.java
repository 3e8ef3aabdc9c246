package io.registrycache;

import io.registrycache.config.ConfigException;
import io.registrycache.config.Upstream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.dsl.yaml.YamlRoutesBuilderLoader;
import org.apache.camel.model.TemplatedRouteDefinition;
import org.apache.camel.model.TemplatedRouteParameterDefinition;
import org.apache.camel.support.PluginHelper;

/** Reads the upstreams of {@code upstreams.camel.yaml} as Camel reads them, without making routes of them. */
final class YamlUpstreams {

    /**
     * An upstream, and its route's parameters.
     *
     * @param parameters as they are given
     */
    record Entry(Upstream upstream, Map<String, Object> parameters) {
        Entry {
            parameters = Map.copyOf(parameters);
        }
    }

    private final CamelContext context;

    YamlUpstreams(CamelContext context) {
        this.context = context;
    }

    /** The upstreams of the file; none without a file. */
    List<Entry> read(Path file) throws Exception {
        List<Entry> found = new ArrayList<>();
        if (!RouteFiles.hasRoutes(file)) {
            return found;
        }
        try (YamlRoutesBuilderLoader loader = new YamlRoutesBuilderLoader()) {
            loader.setCamelContext(context);
            loader.start();
            RouteBuilder builder = (RouteBuilder) loader.loadRoutesBuilder(
                    PluginHelper.getResourceLoader(context).resolveResource("file:" + file));
            builder.setCamelContext(context);
            builder.configure();
            for (TemplatedRouteDefinition route :
                    builder.getTemplatedRouteCollection().getTemplatedRoutes()) {
                if (UpstreamRoutes.TEMPLATE.equals(route.getRouteTemplateRef())) {
                    found.add(entry(route));
                }
            }
        }
        return found;
    }

    private static Entry entry(TemplatedRouteDefinition route) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        for (TemplatedRouteParameterDefinition parameter : route.getParameters()) {
            parameters.put(parameter.getName(), parameter.getValue());
        }
        String routeId = route.getRouteId();
        if (routeId == null || !parameters.containsKey("name")) {
            throw new ConfigException(
                    "upstreams.camel.yaml",
                    "an entry has no " + (routeId == null ? "routeId" : "parameter \"name\"")
                            + "; give the upstream's name as both");
        }
        return new Entry(UpstreamRoutes.upstream(routeId, parameters), parameters);
    }
}
