package io.registrycache.status;

import java.util.Locale;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.spi.HeaderFilterStrategy;

/**
 * Lets in only the headers of a request that are used, and lets out all that a route sets, {@code Cache-Control} too.
 */
public final class StatusHeaders implements HeaderFilterStrategy {

    private static final Set<String> USED = Set.of("q", "host");

    @Override
    public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
        return !USED.contains(name.toLowerCase(Locale.ROOT));
    }

    @Override
    public boolean applyFilterToCamelHeaders(String name, Object value, Exchange exchange) {
        return name.startsWith("Camel") || USED.contains(name.toLowerCase(Locale.ROOT));
    }
}
