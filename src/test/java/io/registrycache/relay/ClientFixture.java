package io.registrycache.relay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.registrycache.traffic.Transfer;
import io.registrycache.traffic.TransferObserver;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** A client's connection without a socket, for tests of connections. */
abstract class ClientFixture {

    final Transfers transfers = new Transfers();
    final ClientConnections all = new ClientConnections(List.of(transfers));
    final EmbeddedChannel client =
            new EmbeddedChannel(new HttpRequestDecoder(), new HttpResponseEncoder(), all.newChannelHandler());

    /** Keeps the transfers of which an observer is told. */
    static final class Transfers implements TransferObserver {
        final List<Transfer> begun = new ArrayList<>();
        final List<Transfer> ended = new ArrayList<>();

        @Override
        public void began(Transfer transfer) {
            begun.add(transfer);
        }

        @Override
        public void ended(Transfer transfer) {
            ended.add(transfer);
        }
    }

    @AfterEach
    void closeClient() {
        client.finishAndReleaseAll();
    }

    void send(String text) {
        client.writeInbound(Unpooled.copiedBuffer(text, UTF_8));
    }

    String received() {
        StringBuilder text = new StringBuilder();
        for (ByteBuf part = client.readOutbound(); part != null; part = client.readOutbound()) {
            text.append(part.toString(UTF_8));
            part.release();
        }
        return text.toString();
    }

    PullRequest asked() {
        return client.readInbound();
    }

    void answer(PullRequest request, String body) {
        client.writeOutbound(response(request, body));
    }

    static PullResponse response(PullRequest request, String body) {
        PullResponse response = new PullResponse(request.asked(), HttpResponseStatus.OK, body.getBytes(UTF_8));
        response.headers().setInt("Content-Length", body.length());
        return response;
    }
}
