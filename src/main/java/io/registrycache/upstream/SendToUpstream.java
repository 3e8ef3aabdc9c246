package io.registrycache.upstream;

import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/** Sends the next request of the variable {@code question}, and goes on when its response is complete. */
public final class SendToUpstream extends AsyncProcessorSupport {

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        exchange.getVariable("question", Question.class).ask(() -> callback.done(false));
        return false;
    }
}
