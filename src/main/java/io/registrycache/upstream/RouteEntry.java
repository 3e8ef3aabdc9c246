package io.registrycache.upstream;

import java.util.function.Consumer;
import org.apache.camel.AsyncProducer;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** Starts exchanges in a route that no client waits at. */
public final class RouteEntry {

    private final AsyncProducer route;
    private final String variable;

    /**
     * For one route.
     *
     * @param uri such as {@code direct:fetch}
     * @param variable of the exchange that holds its subject
     */
    public RouteEntry(CamelContext context, String uri, String variable) throws Exception {
        this.route = context.getEndpoint(uri).createAsyncProducer();
        this.variable = variable;
        route.start();
    }

    /**
     * Starts one.
     *
     * @param over is given the exception that ended the exchange, or null
     */
    public void start(Object subject, Consumer<@Nullable Exception> over) {
        Exchange exchange = route.getEndpoint().createExchange();
        exchange.setVariable(variable, subject);
        route.process(exchange, doneSync -> over.accept(exchange.getException()));
    }
}
