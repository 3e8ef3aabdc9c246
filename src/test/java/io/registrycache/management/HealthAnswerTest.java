package io.registrycache.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.registrycache.process.StoppedChild;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.health.AbstractHealthCheck;
import org.apache.camel.impl.health.DefaultHealthCheckRegistry;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthAnswerTest {

    @TempDir
    private Path root;

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final Exchange exchange = new DefaultExchange(context);
    private StoppedChild ghcr;
    private HealthCheckRegistry checks;

    /** Of the program itself. */
    private static final class OwnCheck extends AbstractHealthCheck {
        private boolean isWell = true;

        OwnCheck() {
            super("program", "own");
        }

        @Override
        protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
            builder.state(isWell ? HealthCheck.State.UP : HealthCheck.State.DOWN);
        }
    }

    private final OwnCheck own = new OwnCheck();

    @BeforeEach
    void start() throws IOException {
        ghcr = StoppedChild.onFileSystem("ghcr.io", root);
        checks = new DefaultHealthCheckRegistry(context);
        context.getCamelContextExtension().addContextPlugin(HealthCheckRegistry.class, checks);
        checks.register(own);
        checks.register(new UpstreamHealth(ghcr.child()));
        context.start();
        assertThat(HealthCheckHelper.getHealthCheckRegistry(context)).isSameAs(checks);
    }

    @AfterEach
    void close() throws IOException {
        context.close();
        ghcr.close();
    }

    private JsonNode answer() throws IOException {
        new HealthAnswer().all(exchange);
        return new ObjectMapper().readTree(exchange.getMessage().getBody(String.class));
    }

    @Test
    void shouldStayUpWhileAnUpstreamIsDownAndGiveTheReason() throws IOException {
        JsonNode answer = answer();

        assertThat(exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(200);
        assertThat(answer.path("status").asText()).isEqualTo("UP");
        JsonNode upstream = answer.path("checks").findParents("reason").get(0);
        assertThat(upstream.path("name").asText()).isEqualTo("ghcr.io");
        assertThat(upstream.path("status").asText()).isEqualTo("DOWN");
        assertThat(upstream.path("state").asText()).isEqualTo("Stopped");
        assertThat(upstream.path("reason").asText()).isEqualTo("its route is stopped");
    }

    @Test
    void shouldBeDownIfTheProgramIsNotWell() throws IOException {
        own.isWell = false;

        assertThat(answer().path("status").asText()).isEqualTo("DOWN");
        assertThat(exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(503);
    }

    @Test
    void shouldBeDownOnceTheProgramEnds() throws IOException {
        context.stop();

        assertThat(answer().path("status").asText()).isEqualTo("DOWN");
    }
}
