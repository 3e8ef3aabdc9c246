package io.registrycache.process;

import io.registrycache.request.RegistryError;
import io.registrycache.request.RegistryRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/** Lets an exchange pass as soon as its upstream's child answers, and sets the variable {@code port}. */
public final class AwaitChild extends AsyncProcessorSupport {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Children children;
    private final Executor executor;

    /**
     * For all upstreams at once.
     *
     * @param executor where exchanges go on that had to wait
     */
    public AwaitChild(Children children, Executor executor) {
        this.children = children;
        this.executor = executor;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        String name = exchange.getVariable("request", RegistryRequest.class)
                .upstream()
                .name();
        CompletableFuture<Integer> port = children.get(name).port();
        if (port.isDone()) {
            exchange.setVariable("port", port.join());
            callback.done(true);
            return true;
        }
        // A copy, for the timeout must not complete the one that others wait for.
        port.copy()
                .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .whenCompleteAsync(
                        (found, timeout) -> {
                            if (timeout == null) {
                                exchange.setVariable("port", found);
                            } else {
                                exchange.setException(RegistryError.unavailable(name, "does not run at the moment")
                                        .exception());
                            }
                            callback.done(false);
                        },
                        executor);
        return false;
    }
}
