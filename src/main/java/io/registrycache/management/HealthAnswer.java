package io.registrycache.management;

import static io.registrycache.request.Json.JSON;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;

/** Writes the results of Camel's health checks; those of upstreams are shown, and do not count. */
public final class HealthAnswer {

    /** Everything there is. */
    public void all(Exchange exchange) {
        answer(exchange, HealthCheckHelper.invoke(exchange.getContext()));
    }

    /** Whether pulls can be served. */
    public void ready(Exchange exchange) {
        answer(exchange, HealthCheckHelper.invokeReadiness(exchange.getContext()));
    }

    /** Whether the program runs, and need not be started again. */
    public void live(Exchange exchange) {
        answer(exchange, HealthCheckHelper.invokeLiveness(exchange.getContext()));
    }

    private static void answer(Exchange exchange, Collection<HealthCheck.Result> results) {
        CamelContext context = exchange.getContext();
        boolean up = context.isStarted()
                && results.stream()
                        .filter(result -> !isOfUpstream(result))
                        .allMatch(result -> result.getState() == HealthCheck.State.UP);
        ObjectNode answer = JSON.createObjectNode().put("status", up ? "UP" : "DOWN");
        ArrayNode checks = answer.putArray("checks");
        for (HealthCheck.Result result : results) {
            ObjectNode check = checks.addObject().put("name", result.getCheck().getId());
            if (isOfUpstream(result)) {
                check.put("state", String.valueOf(result.getDetails().get(UpstreamHealth.STATE)));
            }
            check.put("status", result.getState().name());
            for (String detail : List.of(UpstreamHealth.REASON, UpstreamHealth.SINCE, UpstreamHealth.NEXT)) {
                Object value = result.getDetails().get(detail);
                if (value != null) {
                    check.put(detail, value.toString());
                }
            }
        }
        Message message = exchange.getMessage();
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, up ? 200 : 503);
        message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        message.setBody(answer.toString());
    }

    private static boolean isOfUpstream(HealthCheck.Result result) {
        return UpstreamHealth.GROUP.equals(result.getCheck().getGroup());
    }
}
