package io.registrycache.upstream;

import static java.util.Objects.requireNonNull;

import io.registrycache.request.ChildRefusal;
import io.registrycache.request.Operation;
import io.registrycache.request.RegistryError;
import io.registrycache.request.RegistryRequest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * Answers a request that a child refused with what its upstream says: a private image, a rate limit, a missing image and
 * an upstream that fails are four answers. Asks the upstream once; nothing that is cached comes here.
 */
public final class UpstreamTruth extends AsyncProcessorSupport {

    private final Map<String, UpstreamClient> clients;
    private final Executor executor;

    /**
     * For all upstreams at once.
     *
     * @param clients by the upstreams' names
     * @param executor where exchanges go on when the upstream has answered
     */
    public UpstreamTruth(Map<String, UpstreamClient> clients, Executor executor) {
        this.clients = Map.copyOf(clients);
        this.executor = executor;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        ChildRefusal refusal = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, ChildRefusal.class);
        RegistryRequest request = exchange.getVariable("request", RegistryRequest.class);
        String name = request.upstream().name();
        UpstreamClient client = requireNonNull(clients.get(name));
        if (refusal.isOfStorage()) {
            answer(exchange, RegistryError.storageDown(name));
            callback.done(true);
            return true;
        }
        if (Boolean.TRUE.equals(exchange.getVariable("offline"))) {
            answer(exchange, unreachable(name, client));
            callback.done(true);
            return true;
        }
        if (!client.canAsk()) {
            answer(exchange, refusal);
            callback.done(true);
            return true;
        }
        client.head(request.upstreamTarget(), request.repository(), accept(exchange))
                .whenCompleteAsync(
                        (said, failure) -> {
                            if (failure != null) {
                                answer(exchange, unreachable(name, client));
                            } else {
                                answer(exchange, request, said, refusal);
                            }
                            callback.done(false);
                        },
                        executor);
        return false;
    }

    @SuppressWarnings("unchecked")
    private static List<String> accept(Exchange exchange) {
        return exchange.getVariable("accept", List.of(), List.class);
    }

    private static void answer(
            Exchange exchange, RegistryRequest request, UpstreamClient.Answer said, ChildRefusal refusal) {
        String name = request.upstream().name();
        int status = said.status();
        if (status == 401 || status == 403) {
            answer(exchange, RegistryError.denied(name));
        } else if (status == 429) {
            answer(exchange, RegistryError.rateLimited(name));
            exchange.getMessage().setHeader("Retry-After", said.retryAfter().isEmpty() ? "60" : said.retryAfter());
        } else if (status == 404) {
            answer(exchange, unknown(request.operation()));
        } else if (status >= 500) {
            answer(exchange, RegistryError.upstreamDown(name, "fails with status " + status));
        } else {
            // The upstream has it, so the trouble is the child's own.
            answer(exchange, refusal);
        }
    }

    private static void answer(Exchange exchange, ChildRefusal refusal) {
        Message message = exchange.getMessage();
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, refusal.status());
        message.setBody(refusal.body());
    }

    private static RegistryError unreachable(String name, UpstreamClient client) {
        String way = client.proxy().map(proxy -> " through the proxy " + proxy).orElse("");
        return RegistryError.upstreamDown(name, "cannot be reached at the moment" + way);
    }

    private static RegistryError unknown(Operation operation) {
        return switch (operation) {
            case MANIFEST -> new RegistryError(404, "MANIFEST_UNKNOWN", "manifest unknown", 0);
            case BLOB -> new RegistryError(404, "BLOB_UNKNOWN", "blob unknown to registry", 0);
            default -> new RegistryError(404, "NAME_UNKNOWN", "repository name not known to registry", 0);
        };
    }

    private static void answer(Exchange exchange, RegistryError error) {
        error.writeTo(exchange.getMessage());
    }
}
