package io.registrycache.catalog;

import static io.registrycache.request.Json.JSON;

import io.registrycache.request.Pull;
import io.registrycache.request.RegistryRequest;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.AsyncProcessorSupport;

/** Answers a request for the tags of a repository, with the name that the client typed. */
public final class ListTags extends AsyncProcessorSupport {

    private record Tags(String name, List<String> tags) {}

    private final TagLists lists;
    private final Executor executor;

    /**
     * For all upstreams at once.
     *
     * @param executor where exchanges go on that had to wait
     */
    public ListTags(TagLists lists, Executor executor) {
        this.lists = lists;
        this.executor = executor;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        RegistryRequest request =
                exchange.getVariable(Pull.VARIABLE, Pull.class).request();
        lists.of(request)
                .whenCompleteAsync(
                        (page, failure) -> {
                            if (failure == null) {
                                write(page, request, exchange);
                            } else {
                                exchange.setException(
                                        failure instanceof CompletionException ? failure.getCause() : failure);
                            }
                            callback.done(false);
                        },
                        executor);
        return false;
    }

    private static void write(TagPage page, RegistryRequest request, Exchange exchange) {
        Message message = exchange.getMessage();
        try {
            message.setBody(JSON.writeValueAsBytes(new Tags(request.typedName(), page.tags())));
            if (!page.link().isEmpty()) {
                message.setHeader("Link", page.link());
            }
        } catch (IOException e) {
            exchange.setException(e);
        }
    }
}
