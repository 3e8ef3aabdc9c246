package io.registrycache.relay;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.component.netty.http.NettyHttpMessage;
import org.apache.camel.support.DefaultMessage;

/** A message in the routes whose headers are {@link PullHeaders}, and those of the messages that follow it. */
final class PullMessage extends NettyHttpMessage {

    private final HttpHeaders asked;

    PullMessage(CamelContext context, HttpHeaders asked) {
        super(context, null, null);
        this.asked = asked;
    }

    @Override
    public DefaultMessage newInstance() {
        return new PullMessage(getCamelContext(), asked);
    }

    @Override
    protected Map<String, Object> createHeaders() {
        return new PullHeaders(asked);
    }
}
