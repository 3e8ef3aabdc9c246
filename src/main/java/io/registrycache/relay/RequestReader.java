package io.registrycache.relay;

import io.registrycache.config.Upstreams;
import io.registrycache.request.Operation;
import io.registrycache.request.RegistryException;
import io.registrycache.request.RegistryRequest;
import io.registrycache.upstream.CacheLoop;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Reads what is asked of whom, for the routes: sets the variables {@code request}, {@code operation} (ping, catalog,
 * tags, manifest, blob), {@code upstream} (its name, where a repository is asked for) and {@code accept} (the media
 * types that the client takes, where a manifest is asked for).
 */
public final class RequestReader implements Processor {

    private final Supplier<Upstreams> upstreams;

    /** For the upstreams that there are when a request comes. */
    public RequestReader(Supplier<Upstreams> upstreams) {
        this.upstreams = upstreams;
    }

    @Override
    public void process(Exchange exchange) throws RegistryException {
        PullRequest pull = exchange.getVariable("pull", PullRequest.class);
        String passed = CacheLoop.passed(pull.asked().headers().getAll(CacheLoop.HEADER));
        RegistryRequest request = RegistryRequest.of(pull.askedMethod(), pull.askedTarget(), upstreams.get())
                .through(passed);
        pull.transfer().asks(request);
        exchange.setVariable("request", request);
        exchange.setVariable("operation", request.operation().routeName());
        if (!request.repository().isEmpty()) {
            exchange.setVariable("upstream", request.upstream().name());
        }
        if (request.operation() == Operation.MANIFEST) {
            exchange.setVariable("accept", Headers.accepted(pull.asked().headers()));
        }
    }
}
