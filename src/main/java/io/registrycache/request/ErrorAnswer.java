package io.registrycache.request;

import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the answer to a failed request; the routes in {@code errors.camel.yaml} say which for what. */
public final class ErrorAnswer {

    private static final Logger LOG = LoggerFactory.getLogger(ErrorAnswer.class);

    /** The error that the exception carries. */
    public void asThrown(Exchange exchange) {
        RegistryException exception = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, RegistryException.class);
        answer(exchange, exception.error());
    }

    /** The child that should have answered did not. */
    public void unavailable(Exchange exchange) {
        answer(exchange, RegistryError.unavailable(upstream(exchange), "did not answer; try again"));
    }

    /** The upstream's route is stopped, which somebody asked for. */
    public void stopped(Exchange exchange) {
        answer(exchange, RegistryError.unavailable(upstream(exchange), "is stopped"));
    }

    /** A mistake of ours. */
    public void unexpected(Exchange exchange) {
        LOG.error(
                "upstream={} unexpected error",
                upstream(exchange),
                exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class));
        answer(exchange, RegistryError.unexpected());
    }

    private static void answer(Exchange exchange, RegistryError error) {
        Message message = exchange.getMessage();
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, error.status());
        if (error.retryAfter() > 0) {
            message.setHeader("Retry-After", Integer.toString(error.retryAfter()));
        }
        message.setBody(error.json());
    }

    private static String upstream(Exchange exchange) {
        return exchange.getVariable("upstream", "none", String.class);
    }
}
