package io.registrycache.relay;

import org.apache.camel.Exchange;
import org.apache.camel.spi.ExceptionHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Errors of a client's connection outside of any route; a client that vanishes is not logged. */
public final class ConnectionErrors implements ExceptionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionErrors.class);

    @Override
    public void handleException(Throwable exception) {
        handleException("", null, exception);
    }

    @Override
    public void handleException(String message, Throwable exception) {
        handleException(message, null, exception);
    }

    @Override
    public void handleException(String message, @Nullable Exchange exchange, Throwable exception) {
        LOG.debug("connection: {}", message, exception);
    }
}
