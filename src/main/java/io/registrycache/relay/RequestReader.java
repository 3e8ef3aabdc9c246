package io.registrycache.relay;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.registrycache.config.Upstreams;
import io.registrycache.request.Operation;
import io.registrycache.request.RegistryError;
import io.registrycache.request.RegistryException;
import io.registrycache.request.RegistryRequest;
import io.registrycache.upstream.CacheLoop;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Reads the request, and the upstream that it is for. */
public final class RequestReader implements Processor {

    private final Supplier<Upstreams> upstreams;

    /** For the upstreams that there are when a request comes. */
    public RequestReader(Supplier<Upstreams> upstreams) {
        this.upstreams = upstreams;
    }

    @Override
    public void process(Exchange exchange) throws RegistryException {
        PullRequest pull = PullRequest.of(exchange);
        String passed = CacheLoop.passed(pull.asked().headers().getAll(CacheLoop.HEADER));
        RegistryRequest request = RegistryRequest.of(pull.askedMethod(), pull.askedTarget(), upstreams.get())
                .through(passed);
        pull.transfer().asks(request);
        pull.understood(request, exchange);
        if (request.operation() == Operation.HOME && !isBrowser(pull.asked().headers())) {
            throw RegistryError.noSuchEndpoint().exception();
        }
    }

    private static boolean isBrowser(HttpHeaders asked) {
        return asked.get(HttpHeaderNames.ACCEPT, "").contains("text/html");
    }
}
