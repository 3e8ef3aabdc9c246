package io.registrycache.management;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.registrycache.process.Children;
import io.registrycache.process.UpstreamChildren;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Says that the program serves, and how each upstream's child is doing. */
public final class HealthAnswer implements Processor {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Children children;

    public HealthAnswer(Children children) {
        this.children = children;
    }

    @Override
    public void process(Exchange exchange) {
        ObjectNode answer = JSON.createObjectNode().put("status", "UP");
        ObjectNode upstreams = answer.putObject("upstreams");
        for (UpstreamChildren upstream : children.all()) {
            upstreams.put(upstream.upstream().name(), upstream.state().toString());
        }
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
        exchange.getMessage().setBody(answer.toString());
    }
}
