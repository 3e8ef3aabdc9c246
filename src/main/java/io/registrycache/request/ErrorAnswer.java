package io.registrycache.request;

import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the answer to a failed request; the routes in {@code errors.camel.yaml} say which for what. */
public final class ErrorAnswer {

    private static final Logger LOG = LoggerFactory.getLogger(ErrorAnswer.class);

    /** The error that the exception carries. */
    public void asThrown(Exchange exchange) {
        RegistryException exception = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, RegistryException.class);
        exception.error().writeTo(exchange.getMessage());
    }

    /** The child that should have answered did not. */
    public void unavailable(Exchange exchange) {
        RegistryError.unavailable(upstream(exchange), "did not answer; try again")
                .writeTo(exchange.getMessage());
    }

    /** The upstream's route is stopped, which somebody asked for. */
    public void stopped(Exchange exchange) {
        RegistryError.unavailable(upstream(exchange), "is stopped").writeTo(exchange.getMessage());
    }

    /** More lists are asked for than can be made. */
    public void busy(Exchange exchange) {
        RegistryError.unavailable("the cache", "is making other lists; try again")
                .writeTo(exchange.getMessage());
    }

    /** A mistake of ours. */
    public void unexpected(Exchange exchange) {
        LOG.error(
                "upstream={} unexpected error",
                upstream(exchange),
                exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class));
        RegistryError.unexpected().writeTo(exchange.getMessage());
    }

    private static String upstream(Exchange exchange) {
        return exchange.getVariable("upstream", "none", String.class);
    }
}
