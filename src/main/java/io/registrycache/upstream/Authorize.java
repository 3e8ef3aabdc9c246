package io.registrycache.upstream;

import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/** Gets the token for the next request of the variable {@code question}. */
public final class Authorize extends AsyncProcessorSupport {

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        exchange.getVariable("question", Question.class).authorize().whenComplete((done, failure) -> {
            if (failure != null) {
                exchange.setException(failure);
            }
            callback.done(false);
        });
        return false;
    }
}
