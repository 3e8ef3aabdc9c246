package io.registrycache.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatusPageTest {

    private final StatusPage page = new StatusPage();
    private final Exchange exchange = new DefaultExchange(new DefaultCamelContext());

    private void ask(String path) throws IOException {
        exchange.setVariable("path", path);
        page.process(exchange);
    }

    @ParameterizedTest
    @CsvSource({
        "/, text/html; charset=utf-8, <!doctype html>",
        "/status/page.js, text/javascript; charset=utf-8, function",
        "/status/page.css, text/css; charset=utf-8, {",
        "/status/icon.svg, image/svg+xml, <svg"
    })
    void shouldServeThePageAndItsFiles(String path, String type, String part) throws IOException {
        for (int time = 0; time < 2; time++) {
            ask(path);
            assertThat(exchange.getMessage().getHeader(Exchange.CONTENT_TYPE)).isEqualTo(type);
            assertThat(new String(exchange.getMessage().getBody(byte[].class), StandardCharsets.UTF_8))
                    .containsIgnoringCase(part);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/status/",
                "/status/nothing.js",
                "/page.js",
                "/status/../page.js",
                "/status/../../../etc/passwd",
                "/status/x/page.js",
                "/status//page.js",
                "/status/%2e%2e/page.js",
                "/index.html",
                "//",
                ""
            })
    void shouldServeNothingElse(String path) throws IOException {
        ask(path);

        assertThat(exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(404);
        assertThat(exchange.getMessage().getBody(String.class)).startsWith("Not here.");
    }
}
