package io.registrycache.management;

import io.registrycache.process.Starting;
import io.registrycache.process.UpstreamChild;
import io.registrycache.process.UpstreamCondition;
import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** Whether an upstream is served and can be reached; if not, the program is well all the same. */
public final class UpstreamHealth extends AbstractHealthCheck {

    static final String GROUP = "upstream";
    static final String STATE = "state";
    static final String REASON = "reason";
    static final String SINCE = "since";
    static final String NEXT = "next";

    private final UpstreamChild upstream;

    public UpstreamHealth(UpstreamChild upstream) {
        super(GROUP, upstream.upstream().name());
        this.upstream = upstream;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        UpstreamCondition condition = upstream.condition();
        builder.detail(STATE, condition.name());
        condition.since().ifPresent(since -> builder.detail(SINCE, since.toString()));
        condition.next().ifPresent(next -> builder.detail(NEXT, next.toString()));
        if (condition.isWell()) {
            builder.up();
        } else if (condition.child() instanceof Starting) {
            builder.unknown();
        } else {
            builder.detail(REASON, condition.why()).down();
        }
    }
}
