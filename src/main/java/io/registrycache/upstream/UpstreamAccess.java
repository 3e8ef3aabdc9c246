package io.registrycache.upstream;

import io.registrycache.config.Upstream;
import java.util.Map;

/** All that it takes to ask one upstream. */
public final class UpstreamAccess {

    private final Upstream upstream;
    private final Transport transport;
    private final Tokens tokens;
    private final ReachabilityMonitor monitor;
    private final RateLimit rateLimit;

    public UpstreamAccess(
            Upstream upstream,
            Map<String, String> environment,
            Transport transport,
            ReachabilityMonitor monitor,
            RateLimit rateLimit) {
        this(upstream, transport, new Tokens(upstream, environment, transport), monitor, rateLimit);
    }

    UpstreamAccess(
            Upstream upstream, Transport transport, Tokens tokens, ReachabilityMonitor monitor, RateLimit rateLimit) {
        this.upstream = upstream;
        this.transport = transport;
        this.tokens = tokens;
        this.monitor = monitor;
        this.rateLimit = rateLimit;
    }

    public Upstream upstream() {
        return upstream;
    }

    public ReachabilityMonitor monitor() {
        return monitor;
    }

    /** How many more requests it allows. */
    public RateLimit rateLimit() {
        return rateLimit;
    }

    Transport transport() {
        return transport;
    }

    Tokens tokens() {
        return tokens;
    }
}
