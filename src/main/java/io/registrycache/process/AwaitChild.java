package io.registrycache.process;

import io.registrycache.request.Pull;
import io.registrycache.request.RegistryError;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/** Lets an exchange pass as soon as its upstream's child serves, and says at which port. */
public final class AwaitChild extends AsyncProcessorSupport {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /** Minimum time granted to the child, even if earlier steps used up the budget. */
    private static final Duration LEAST = Duration.ofSeconds(2);
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
        return process(exchange, exchange.getVariable(Pull.VARIABLE, Pull.class), callback, MOST_CHECKS);
    }

    /**
     * Serves at once if it can. A port that the pull was sent to before did not answer; it may take a moment to learn
     * that the child there is gone.
     */
    private boolean process(Exchange exchange, Pull pull, AsyncCallback callback, int checks) {
        String name = pull.request().upstream().name();
        CompletableFuture<Integer> server = children.get(name).port();
        Integer now = server.exceptionally(failure -> null).getNow(null);
        if (now == null && children.get(name).isStorageDown()) {
            exchange.setException(RegistryError.storageDown(name).exception());
            callback.done(true);
            return true;
        }
        if (now == null) {
            await(name, server, exchange, pull, callback);
            return false;
        }
        if (now == pull.port() && checks > 0) {
            executor.schedule(
                    () -> process(exchange, pull, doneSync -> callback.done(false), checks - 1),
                    NEWS.toMillis(),
                    TimeUnit.MILLISECONDS);
            return false;
        }
        pull.sendTo(now);
        callback.done(true);
        return true;
    }

    private void await(
            String name, CompletableFuture<Integer> server, Exchange exchange, Pull pull, AsyncCallback callback) {
        // The earlier waiting time of the client counts.
        long patience = Math.max(PATIENCE.toMillis() - exchange.getClock().elapsed(), LEAST.toMillis());
        // A copy, for the timeout must not complete the one that others wait for.
        server.copy()
                .orTimeout(patience, TimeUnit.MILLISECONDS)
                .whenCompleteAsync(
                        (found, failure) -> {
                            if (failure == null) {
                                pull.sendTo(found);
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
