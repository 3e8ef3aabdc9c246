package io.registrycache.catalog;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.registrycache.request.ChildRefusal;
import io.registrycache.request.Page;
import io.registrycache.request.RegistryRequest;
import java.io.IOException;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Turns a child's list of tags into the one that was asked for: with the name that the client typed, in order, and cut
 * to the page, for version 2.8 of the registry sends all tags whatever it is asked.
 */
public final class TagList implements Processor {

    private static final ObjectMapper JSON = new ObjectMapper();

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Tags(String name, @Nullable List<String> tags) {}

    @Override
    public void process(Exchange exchange) throws IOException, ChildRefusal {
        Message message = exchange.getMessage();
        int status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        if (status != 200) {
            throw new ChildRefusal(status, message.getBody(byte[].class));
        }
        RegistryRequest request = exchange.getVariable("request", RegistryRequest.class);
        Page page = request.page();
        List<String> found =
                JSON.readValue(message.getBody(byte[].class), Tags.class).tags();
        List<String> behind = found == null
                ? List.of()
                : found.stream()
                        .filter(tag -> tag.compareTo(page.last()) > 0)
                        .sorted()
                        .toList();
        write(behind, message.removeHeader("Link") != null, request, message);
    }

    /**
     * Writes a page of tags.
     *
     * @param behind the tags from the page's beginning on, in order
     * @param more whether there are others behind these
     */
    static void write(List<String> behind, boolean more, RegistryRequest request, Message message) throws IOException {
        Page page = request.page();
        List<String> shown = page.cut(behind);
        if ((more || shown.size() < behind.size()) && !shown.isEmpty()) {
            String path = request.typedPath() + "/tags/list";
            message.setHeader("Link", page.linkAfter(path, shown.get(shown.size() - 1)));
        }
        message.setBody(JSON.writeValueAsBytes(new Tags(request.typedName(), shown)));
    }
}
