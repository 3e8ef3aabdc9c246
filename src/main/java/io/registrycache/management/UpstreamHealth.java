package io.registrycache.management;

import io.registrycache.process.ChildState;
import io.registrycache.process.UpstreamChildren;
import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** Whether an upstream is pulled through; when it is not, that is its own trouble and not the program's. */
public final class UpstreamHealth extends AbstractHealthCheck {

    static final String GROUP = "upstream";
    static final String STATE = "state";
    static final String REASON = "reason";

    private final UpstreamChildren upstream;

    public UpstreamHealth(UpstreamChildren upstream) {
        super(GROUP, upstream.upstream().name());
        this.upstream = upstream;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        ChildState state = upstream.state();
        builder.detail(STATE, state.getClass().getSimpleName());
        if (state instanceof ChildState.PullThrough) {
            builder.up();
        } else if (state instanceof ChildState.Starting) {
            builder.unknown();
        } else {
            builder.detail(REASON, state.reason()).down();
        }
    }
}
