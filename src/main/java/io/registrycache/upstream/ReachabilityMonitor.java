package io.registrycache.upstream;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.registrycache.config.Upstream;
import io.registrycache.log.LastingState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the {@link Reachability} of one upstream: learns from its traffic, and sends probes when a request failed. */
public final class ReachabilityMonitor {

    private static final Logger LOG = LoggerFactory.getLogger(ReachabilityMonitor.class);
    private static final Duration PROBE = Duration.ofSeconds(5);
    private static final int LARGEST_ANSWER = 64 << 10;
    /** After so long without an answer the upstream is asked whether it is still there. */
    private static final Duration QUIET = Duration.ofSeconds(60);

    private static final Duration ONCE_IN = Duration.ofMillis(250);
    /** A request waits no longer for a probe. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** How it is asked. */
    private record Way(Upstream upstream, Transport transport) {}

    private volatile Way way;
    private final ScheduledExecutorService scheduler;
    private final LastingState unreachable;
    private volatile Reachability state = new Reachability.Reachable(Instant.now());
    private boolean closed;
    private @Nullable ScheduledFuture<?> watching;
    private CompletableFuture<?> probing = CompletableFuture.completedFuture(null);
    private long lastProbe = System.nanoTime();
    private volatile long lastAnswer = System.nanoTime() - QUIET.toNanos() - 1;

    public ReachabilityMonitor(Upstream upstream, Transport transport, ScheduledExecutorService scheduler) {
        this.way = new Way(upstream, transport);
        this.scheduler = scheduler;
        String name = "upstream=" + upstream.name();
        this.unreachable = new LastingState(LOG, name + " reachable=false", name + " reachable=true");
    }

    public Reachability state() {
        return state;
    }

    /** Whether requests are to be sent. */
    public boolean isReachable() {
        return !(state instanceof Reachability.Unreachable);
    }

    /** Whether the last request was answered. */
    public boolean isCertain() {
        return state instanceof Reachability.Reachable;
    }

    /**
     * Whether a request may be sent, and why not; nothing if it may. During an outage that is asked of the upstream,
     * four times a second at most, so that its return is noticed with the first request after it.
     */
    public CompletableFuture<Optional<String>> outage() {
        if (isReachable()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return probedLately()
                .thenApply(done -> state instanceof Reachability.Unreachable outage
                        ? Optional.of(outage.why())
                        : Optional.empty());
    }

    private synchronized CompletableFuture<?> probedLately() {
        if (probing.isDone() && System.nanoTime() - lastProbe > ONCE_IN.toNanos()) {
            probe();
        }
        return probing.copy().completeOnTimeout(null, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Asks the upstream whether it is there, unless that is under way. */
    public synchronized void probe() {
        if (!probing.isDone() || closed) {
            return;
        }
        lastProbe = System.nanoTime();
        Small answer = new Small(LARGEST_ANSWER);
        Way now = way;
        Transport.Call call = now.transport()
                .send(
                        new Outgoing(
                                now.upstream().url().resolve("/v2/"),
                                HttpMethod.GET,
                                new DefaultHttpHeaders().set(CacheLoop.HEADER, CacheLoop.ID),
                                true),
                        answer);
        var timeout = scheduler.schedule(call::cancel, PROBE.toMillis(), TimeUnit.MILLISECONDS);
        probing = answer.response().handle((response, failure) -> {
            timeout.cancel(false);
            if (!now.equals(way)) {
                return null;
            }
            if (failure != null) {
                probeFailed(String.valueOf(failure.getMessage()));
            } else if (isFailure(response.head().status().code())) {
                probeFailed("fails with status " + response.head().status().code());
            } else {
                succeeded();
            }
            return null;
        });
    }

    /** A request failed for another reason than its answer. */
    public synchronized void failed(String why) {
        become(state.failed(why, Instant.now()));
    }

    /** The upstream is asked in another way from now on, and at once whether it is there. */
    public synchronized void use(Upstream upstream, Transport transport) {
        way = new Way(upstream, transport);
        // The result of the last probe is not needed any more.
        probing = CompletableFuture.completedFuture(null);
        probe();
    }

    /** Sends a probe whenever nothing was heard of the upstream for a while, from now on. */
    public synchronized void watch() {
        watching = scheduler.scheduleWithFixedDelay(
                () -> {
                    if (isCertain() && System.nanoTime() - lastAnswer > QUIET.toNanos()) {
                        probe();
                    }
                },
                0,
                QUIET.toMillis() / 2,
                TimeUnit.MILLISECONDS);
    }

    /** Sends no more probes. */
    public synchronized void close() {
        closed = true;
        if (watching != null) {
            watching.cancel(false);
        }
    }

    void answered(int status) {
        lastAnswer = System.nanoTime();
        if (isFailure(status)) {
            failed("fails with status " + status);
        } else if (!isCertain()) {
            succeeded();
        }
    }

    /** 501: it does not know the method. 508: a cache answers so for requests that came through it before. */
    private static boolean isFailure(int status) {
        return status >= 500 && status != 501 && status != 508;
    }

    private synchronized void succeeded() {
        lastAnswer = System.nanoTime();
        become(state.succeeded(Instant.now()));
    }

    private synchronized void probeFailed(String why) {
        become(state.probeFailed(why, Instant.now()));
    }

    private void become(Reachability.Step step) {
        Reachability before = state;
        state = step.next();
        if (state instanceof Reachability.Unreachable now && !(before instanceof Reachability.Unreachable)) {
            unreachable.holds(now.why() + "; stored content is served");
        } else if (state instanceof Reachability.Reachable) {
            unreachable.isOver();
        }
        step.probe().ifPresent(pause -> scheduler.schedule(this::probe, pause.toMillis(), TimeUnit.MILLISECONDS));
    }
}
