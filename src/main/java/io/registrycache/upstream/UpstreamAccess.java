package io.registrycache.upstream;

import io.registrycache.config.Upstream;
import java.util.Map;

/** All that it takes to ask one upstream. */
public final class UpstreamAccess {

    private final Upstream upstream;
    private final Transport transport;
    private final Tokens tokens;
    private final ReachabilityMonitor monitor;

    public UpstreamAccess(
            Upstream upstream, Map<String, String> environment, Transport transport, ReachabilityMonitor monitor) {
        this.upstream = upstream;
        this.transport = transport;
        this.tokens = new Tokens(upstream, environment, transport);
        this.monitor = monitor;
    }

    public Upstream upstream() {
        return upstream;
    }

    public ReachabilityMonitor monitor() {
        return monitor;
    }

    Transport transport() {
        return transport;
    }

    Tokens tokens() {
        return tokens;
    }
}
