package io.registrycache.status;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Gives out the few files of the page, which lie in the jar; each is read when it is first asked for. */
public final class StatusPage implements Processor {

    private static final Map<String, String> TYPES = Map.of(
            "index.html", "text/html; charset=utf-8",
            "page.css", "text/css; charset=utf-8",
            "page.js", "text/javascript; charset=utf-8",
            "plot.js", "text/javascript; charset=utf-8",
            "format.js", "text/javascript; charset=utf-8",
            "storage.js", "text/javascript; charset=utf-8",
            "icon.svg", "image/svg+xml");

    private final Map<String, byte[]> files = new ConcurrentHashMap<>();

    @Override
    public void process(Exchange exchange) throws IOException {
        String path = String.valueOf(exchange.getVariable("path", String.class));
        String file = path.equals("/") ? "index.html" : path.substring(path.lastIndexOf('/') + 1);
        String type = TYPES.get(file);
        if (type == null || !(path.equals("/") || path.equals("/status/" + file))) {
            exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 404);
            exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "text/plain; charset=utf-8");
            exchange.getMessage().setBody("Not here. The status page is at /, its data below /api.\n");
            return;
        }
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, type);
        exchange.getMessage().setBody(bytes(file));
    }

    private byte[] bytes(String file) throws IOException {
        byte[] known = files.get(file);
        if (known != null) {
            return known;
        }
        try (InputStream resource = StatusPage.class.getResourceAsStream("/status-page/" + file)) {
            if (resource == null) {
                throw new FileNotFoundException(file);
            }
            byte[] read = resource.readAllBytes();
            files.put(file, read);
            return read;
        }
    }
}
