package io.registrycache.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.registrycache.config.Upstream;
import io.registrycache.config.Upstreams;
import io.registrycache.request.ChildRefusal;
import io.registrycache.request.ChildUnanswered;
import io.registrycache.request.RegistryException;
import io.registrycache.request.RegistryRequest;
import io.registrycache.traffic.Transfer;
import io.registrycache.traffic.Transfer.Source;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.component.netty.DefaultNettyCamelStateCorrelationManager;
import org.apache.camel.component.netty.NettyCamelState;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A child's connection, and the client that its answers are relayed to. */
class ChildConnectionTest extends ClientFixture {

    private static final Upstreams UPSTREAMS =
            new Upstreams(List.of(Upstream.of("test", "ghcr.io", "", List.of(), Map.of())));

    private int ended;
    private final DefaultNettyCamelStateCorrelationManager exchanges = new DefaultNettyCamelStateCorrelationManager();
    private final Reads reads = new Reads();
    private final EmbeddedChannel child = new EmbeddedChannel(reads, new ChildConnection(exchanges));
    private final Exchange exchange = new DefaultExchange(new DefaultCamelContext());

    /** Counts how often the child is allowed to send. */
    private static final class Reads extends ChannelOutboundHandlerAdapter {
        private int count;

        @Override
        public void read(ChannelHandlerContext ctx) {
            count++;
            ctx.read();
        }
    }

    @AfterEach
    void closeChild() {
        child.finishAndReleaseAll();
    }

    /** The client's request travels to the child. */
    private void askChild(String method) throws Exception {
        child.writeOutbound(requestToChild(method));
        child.releaseOutbound();
    }

    private HttpRequest requestToChild(String method) throws Exception {
        send(method + " /v2/ghcr.io/a/manifests/1 HTTP/1.1\r\nHost: x\r\n\r\n");
        PullRequest pull = asked();
        exchange.setVariable("pull", pull);
        pull.understood(RegistryRequest.of(pull.askedMethod(), pull.askedTarget(), UPSTREAMS), exchange);
        exchanges.putState(child, new NettyCamelState(doneSync -> ended++, exchange));
        return new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/v2/a/manifests/1");
    }

    private static HttpResponse head(int length) {
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers().setInt("Content-Length", length);
        return head;
    }

    private static HttpContent content(String text) {
        return new DefaultHttpContent(Unpooled.copiedBuffer(text, UTF_8));
    }

    private static HttpContent last(String text) {
        return new DefaultLastHttpContent(Unpooled.copiedBuffer(text, UTF_8));
    }

    @Test
    void shouldRelayAResponseAndEndTheExchangeWithItsLastByte() throws Exception {
        askChild("GET");

        child.writeInbound(head(10), content("hello"));
        assertThat(received()).containsIgnoringCase("content-length: 10").endsWith("\r\n\r\nhello");
        assertThat(ended).isZero();

        child.writeInbound(last("world"));
        assertThat(received()).isEqualTo("world");
        assertThat(ended).isOne();
        assertThat(exchange.getMessage().getBody()).isSameAs(AlreadySent.INSTANCE);
        assertThat(child.isOpen()).isTrue();
        assertThat(child.config().isAutoRead()).isTrue();
    }

    @Test
    void shouldGiveTheClientItsOwnNamesAndNoHopByHopHeaders() throws Exception {
        askChild("GET");
        HttpResponse head = head(0);
        head.headers()
                .set("Connection", "X-Private")
                .set("X-Private", "1")
                .set("Keep-Alive", "5")
                .set("Location", "http://127.0.0.1:1/v2/a/blobs/sha256:00");
        child.writeInbound(head, last(""));

        assertThat(received())
                .containsIgnoringCase("location: http://127.0.0.1:1/v2/ghcr.io/a/blobs/sha256:00")
                .doesNotContainIgnoringCase("x-private")
                .doesNotContainIgnoringCase("keep-alive");
    }

    @Test
    void shouldChunkAnAnswerWithoutALength() throws Exception {
        askChild("GET");
        child.writeInbound(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK), last("hello"));

        assertThat(received()).contains("transfer-encoding: chunked").endsWith("5\r\nhello\r\n0\r\n\r\n");
    }

    @Test
    void shouldNotReadTheChildWhileTheClientHasNoRoom() throws Exception {
        askChild("GET");
        client.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        child.writeInbound(head(10), content("hello"));
        int before = reads.count;
        assertThat(child.config().isAutoRead()).isFalse();

        client.runPendingTasks();
        assertThat(reads.count).isEqualTo(before);

        client.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
        client.runPendingTasks();
        assertThat(reads.count).isEqualTo(before + 1);
    }

    @Test
    void shouldRelayNothingThatAChildSendsBehindItsAnswer() throws Exception {
        askChild("GET");
        HttpContent behind = content("hidden");
        child.writeInbound(head(5), last("hello"), head(6), behind);

        assertThat(received()).endsWith("\r\n\r\nhello");
        assertThat(behind.refCnt()).isZero();
        assertThat(child.isOpen()).isFalse();
        assertThat(ended).isOne();
    }

    @Test
    void shouldCloseTheClientWhenTheChildBreaksOffInMidAnswer() throws Exception {
        askChild("GET");
        child.writeInbound(head(10), content("hello"));
        child.close();

        assertThat(received()).endsWith("hello");
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void shouldLeaveAnErrorOfTheChildToTheRoutes() throws Exception {
        askChild("GET");
        HttpResponse head = head(10);
        head.setStatus(HttpResponseStatus.NOT_FOUND);
        child.writeInbound(head, content("not "), last("here"));

        assertThat(received()).isEmpty();
        assertThat(ended).isOne();
        assertThat(exchange.getException()).isInstanceOfSatisfying(ChildRefusal.class, refusal -> {
            assertThat(refusal.status()).isEqualTo(404);
            assertThat(new String(refusal.body(), UTF_8)).isEqualTo("not here");
        });
        assertThat(child.isOpen()).isTrue();
    }

    @Test
    void shouldNotPassOnARefusedRangeWhoseLengthIsWrong() throws Exception {
        askChild("GET");
        HttpResponse head = head(10);
        head.setStatus(HttpResponseStatus.REQUESTED_RANGE_NOT_SATISFIABLE);
        child.writeInbound(head, content("short"));

        assertThat(received()).isEmpty();
        assertThat(exchange.getException())
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        refusal -> assertThat(refusal.error().status()).isEqualTo(416));
        assertThat(child.isOpen()).isFalse();
    }

    @Test
    void shouldGiveUpAChildThatDoesNotAnswerSoonerThanClientsDo() throws Exception {
        askChild("GET");
        child.advanceTimeBy(20, TimeUnit.SECONDS);
        child.runScheduledPendingTasks();
        assertThat(ended).isZero();

        child.advanceTimeBy(5, TimeUnit.SECONDS);
        child.runScheduledPendingTasks();
        assertThat(exchange.getException()).isInstanceOf(ChildUnanswered.class);
        assertThat(ended).isOne();
        assertThat(child.isOpen()).isFalse();
    }

    @Test
    void shouldLeaveItToTheProducerToTellThatTheChildWasGoneBeforeItWasAsked() throws Exception {
        ChannelFuture written = child.write(requestToChild("GET"));
        child.close();

        assertThat(written.cause()).isInstanceOf(IOException.class);
        // By now the exchange may be on its way to the next child.
        assertThat(exchange.getException()).isNull();
        assertThat(ended).isZero();
    }

    @Test
    void shouldTellOnceWhenTheConnectionToTheChildIsReset() throws Exception {
        askChild("GET");
        List<Throwable> told = new ArrayList<>();
        child.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                told.add(cause);
            }
        });
        child.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));

        assertThat(told).isEmpty();
        assertThat(exchange.getException()).isInstanceOf(ChildUnanswered.class);
        assertThat(ended).isOne();
        assertThat(child.isOpen()).isFalse();
    }

    @Test
    void shouldLeaveTheAnswerToTheRoutesWhenTheChildBreaksOffBeforeIt() throws Exception {
        askChild("GET");
        child.close();

        assertThat(exchange.getException()).isInstanceOf(ChildUnanswered.class);
        assertThat(client.isOpen()).isTrue();
        answer((PullRequest) exchange.getVariable("pull"), "sorry");
        assertThat(received()).endsWith("sorry");
    }

    @Test
    void shouldCloseTheChildAndReleaseEverythingWhenTheClientVanishes() throws Exception {
        askChild("GET");
        child.writeInbound(head(10));
        client.close();
        HttpContent late = content("hello");
        child.writeInbound(late);

        assertThat(child.isOpen()).isFalse();
        assertThat(late.refCnt()).isZero();
    }

    @Test
    void shouldEndTheExchangeOfAClientThatVanishedWithTheLastBytes() throws Exception {
        askChild("GET");
        child.writeInbound(head(5));
        client.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        child.writeInbound(last("hello"));
        client.close();

        assertThat(ended).isOne();
    }

    @Test
    void shouldNotMixAnAnswerThatComesTooLateIntoTheNext() throws Exception {
        askChild("GET");
        PullRequest first = (PullRequest) exchange.getVariable("pull");
        child.writeInbound(head(5), last("hello"));
        received();
        send("GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
        PullRequest second = asked();

        answer(first, "late");
        assertThat(received()).isEmpty();
        answer(second, "B");
        assertThat(received()).endsWith("\r\n\r\nB");
    }

    @Test
    void shouldTellOfARelayedTransferWhileItGoesOnAndWhenItIsWhole() throws Exception {
        askChild("GET");
        child.writeInbound(head(10), content("hello"));

        Transfer transfer = transfers.begun.get(0);
        assertThat(transfer).extracting(Transfer::source, Transfer::status).containsExactly(Source.CHILD, 200);
        assertThat(transfer).extracting(Transfer::length, Transfer::sent).containsExactly(10L, 5L);
        assertThat(transfers.ended).isEmpty();

        child.writeInbound(last("world"));
        assertThat(transfers.ended).containsExactly(transfer);
        assertThat(transfer).extracting(Transfer::sent, Transfer::isComplete).containsExactly(10L, true);
        assertThat(transfer.nanos()).isGreaterThanOrEqualTo(transfer.nanosToFirstByte());
    }

    @Test
    void shouldTellOnceOfATransferThatIsCutOff() throws Exception {
        askChild("GET");
        child.writeInbound(head(10), content("hello"));
        client.close();

        assertThat(transfers.ended).containsExactlyElementsOf(transfers.begun);
        assertThat(transfers.ended.get(0))
                .extracting(Transfer::sent, Transfer::isComplete)
                .containsExactly(5L, false);
    }
}
