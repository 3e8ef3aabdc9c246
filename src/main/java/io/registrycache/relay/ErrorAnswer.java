package io.registrycache.relay;

import io.registrycache.request.RegistryError;
import io.registrycache.request.RegistryException;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the answer to a failed request; {@code errors.camel.yaml} has an answer for each exception. */
public final class ErrorAnswer {

    private static final Logger LOG = LoggerFactory.getLogger(ErrorAnswer.class);

    /** The error that the exception carries. */
    public void asThrown(Exchange exchange) {
        RegistryException exception = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, RegistryException.class);
        write(exception.error(), exchange.getMessage());
    }

    /** The child that should have answered did not. */
    public void unavailable(Exchange exchange) {
        write(RegistryError.unavailable(upstream(exchange), "did not answer; try again"), exchange.getMessage());
    }

    /** The upstream's route was stopped by an operator. */
    public void stopped(Exchange exchange) {
        write(RegistryError.unavailable(upstream(exchange), "is stopped"), exchange.getMessage());
    }

    /** More lists are asked for than can be made. */
    public void busy(Exchange exchange) {
        write(RegistryError.unavailable("the cache", "is making other lists; try again"), exchange.getMessage());
    }

    /** A mistake of the program. */
    public void unexpected(Exchange exchange) {
        LOG.error(
                "upstream={} unexpected error",
                upstream(exchange),
                exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class));
        write(RegistryError.unexpected(), exchange.getMessage());
    }

    /** Makes a message the answer. */
    static void write(RegistryError error, Message message) {
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, error.status());
        error.headers().forEach(message::setHeader);
        message.setBody(error.json());
    }

    private static String upstream(Exchange exchange) {
        return exchange.getVariable("upstream", "none", String.class);
    }
}
