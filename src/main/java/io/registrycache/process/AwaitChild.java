package io.registrycache.process;

import io.registrycache.request.RegistryError;
import io.registrycache.request.RegistryRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.jspecify.annotations.Nullable;

/** Lets an exchange pass as soon as its upstream's child serves, and sets the variable {@code port}. */
public final class AwaitChild extends AsyncProcessorSupport {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /** How often, and how many times, is looked whether a child that did not answer is known to be gone. */
    private static final Duration NEWS = Duration.ofMillis(100);

    private static final int MOST_CHECKS = 30;

    private final Children children;
    private final ScheduledExecutorService executor;

    /**
     * For all upstreams at once.
     *
     * @param executor where exchanges go on that had to wait
     */
    public AwaitChild(Children children, ScheduledExecutorService executor) {
        this.children = children;
        this.executor = executor;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        return process(exchange, callback, exchange.removeVariable("port"), MOST_CHECKS);
    }

    /**
     * Serves at once if it can.
     *
     * @param failed the port where the exchange was sent before, and where nobody answered; it may take us a moment to
     *     learn that the child there is gone
     */
    private boolean process(Exchange exchange, AsyncCallback callback, @Nullable Object failed, int checks) {
        String name = exchange.getVariable("request", RegistryRequest.class)
                .upstream()
                .name();
        CompletableFuture<Integer> server = children.get(name).port();
        Integer now = server.exceptionally(failure -> null).getNow(null);
        if (now == null && children.get(name).isStorageDown()) {
            exchange.setException(RegistryError.storageDown(name).exception());
            callback.done(true);
            return true;
        }
        if (now == null) {
            await(name, server, exchange, callback);
            return false;
        }
        if (now.equals(failed) && checks > 0) {
            executor.schedule(
                    () -> process(exchange, doneSync -> callback.done(false), failed, checks - 1),
                    NEWS.toMillis(),
                    TimeUnit.MILLISECONDS);
            return false;
        }
        exchange.setVariable("port", now);
        callback.done(true);
        return true;
    }

    private void await(String name, CompletableFuture<Integer> server, Exchange exchange, AsyncCallback callback) {
        // A copy, for the timeout must not complete the one that others wait for.
        server.copy()
                .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .whenCompleteAsync(
                        (found, failure) -> {
                            if (failure == null) {
                                exchange.setVariable("port", found);
                            } else if (children.get(name).isStorageDown()) {
                                exchange.setException(
                                        RegistryError.storageDown(name).exception());
                            } else {
                                exchange.setException(RegistryError.unavailable(name, "does not run at the moment")
                                        .exception());
                            }
                            callback.done(false);
                        },
                        executor);
    }
}
