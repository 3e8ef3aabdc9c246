package io.registrycache.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.registrycache.traffic.Transfer;
import io.registrycache.traffic.Transfer.Source;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A client's connection: its requests one after another, malformed ones, and answers that are made here. */
class ClientConnectionTest extends ClientFixture {

    @Test
    void shouldLetPipelinedRequestsInOneAfterAnother() {
        send("GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n");

        PullRequest first = asked();
        assertThat(first.askedTarget()).isEqualTo("/a");
        assertThat(asked()).isNull();

        answer(first, "A");
        client.runPendingTasks();
        PullRequest second = asked();
        assertThat(second.askedTarget()).isEqualTo("/b");
        answer(second, "B");
        assertThat(received()).containsSubsequence("\r\n\r\nA", "HTTP/1.1 200 OK", "\r\n\r\nB");
        assertThat(client.isOpen()).isTrue();
    }

    @Test
    void shouldNotLetARequestInBeforeOneThatWaitsForItsTurn() {
        send("GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n");
        PullRequest first = asked();
        client.eventLoop().execute(() -> {
            client.pipeline().writeAndFlush(response(first, "A"));
            // Read by the same turn of the event loop.
            client.pipeline().fireChannelRead(Unpooled.copiedBuffer("GET /c HTTP/1.1\r\nHost: x\r\n\r\n", UTF_8));
        });
        client.runPendingTasks();

        PullRequest second = asked();
        assertThat(second.askedTarget()).isEqualTo("/b");
        assertThat(asked()).isNull();
        answer(second, "B");
        client.runPendingTasks();
        assertThat(asked().askedTarget()).isEqualTo("/c");
    }

    @Test
    void shouldStopReadingAClientThatSendsFarAhead() {
        send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n".repeat(50));

        assertThat(client.config().isAutoRead()).isFalse();
    }

    @Test
    void shouldHideTheClientsHeadersFromCamel() {
        send("OPTIONS /v2/%2e%2e/ HTTP/1.1\r\nHost: x\r\nCamelExecCommandExecutable: rm\r\n\r\n");

        PullRequest request = asked();
        assertThat(request.method()).isEqualTo(HttpMethod.GET);
        assertThat(request.uri()).isEqualTo("/");
        assertThat(request.headers().names()).hasSize(1);
        assertThat(request.askedMethod()).isEqualTo("OPTIONS");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    'PUT /v2/a/manifests/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello'          | 405
                    'GET /v2/ HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n'                            | 413
                    'GET /v2/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n'                   | 413
                    'GET /v2/ HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n'       | 400
                    'GET /v2/ HTTP/1.1\r\n\r\n'                                                            | 400
                    'GET /v2/ HTTP/1.1\r\nHo st: x\r\n\r\n'                                                | 400
                    'NONSENSE\r\n\r\n'                                                                     | 400
                    """)
    void shouldRefuseARequestThatIsNotAPullAndClose(String text, int status) {
        send(text);

        assertThat(received())
                .startsWith("HTTP/1.1 " + status)
                .containsIgnoringCase("connection: close")
                .contains("{\"errors\":[{\"code\":");
        assertThat(asked()).isNull();
        client.advanceTimeBy(3, TimeUnit.SECONDS);
        client.runScheduledPendingTasks();
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void shouldRefuseALineAndAHeaderThatAreTooLong() {
        send("GET /" + "x".repeat(10_000) + " HTTP/1.1\r\n");
        assertThat(received()).startsWith("HTTP/1.1 414");
        EmbeddedChannel other =
                new EmbeddedChannel(new HttpRequestDecoder(), new HttpResponseEncoder(), all.newChannelHandler());
        other.writeInbound(Unpooled.copiedBuffer("GET / HTTP/1.1\r\nX: " + "x".repeat(10_000), UTF_8));
        ByteBuf answer = other.readOutbound();
        assertThat(answer.toString(UTF_8)).startsWith("HTTP/1.1 431");
        answer.release();
        other.finishAndReleaseAll();
    }

    @Test
    void shouldAnswerHeadWithTheLengthAndWithoutTheBody() {
        send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n");
        answer(asked(), "hello");

        assertThat(received()).containsIgnoringCase("content-length: 5").endsWith("\r\n\r\n");
    }

    @Test
    void shouldCloseAfterTheAnswerWhenTheClientAsksForThat() {
        send("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        answer(asked(), "A");

        assertThat(received()).containsIgnoringCase("connection: close").endsWith("A");
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void shouldLetNoRequestInWhileDraining() {
        all.drain();
        send("GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n");

        assertThat(received()).startsWith("HTTP/1.1 503").containsIgnoringCase("retry-after: 5");
        assertThat(asked()).isNull();
    }

    @Test
    void shouldTellOfAnswersMadeHereAndOfRefusals() {
        send("HEAD /v2/ HTTP/1.1\r\nHost: x\r\n\r\n");
        answer(asked(), "{}");
        send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx");

        assertThat(transfers.ended).extracting(Transfer::status).containsExactly(200, 405);
        assertThat(transfers.ended).extracting(Transfer::source).containsOnly(Source.HERE);
        assertThat(transfers.ended.get(0))
                .extracting(Transfer::length, Transfer::sent)
                .containsExactly(2L, 0L);
        assertThat(transfers.ended.get(1).sent()).isPositive();
    }
}
