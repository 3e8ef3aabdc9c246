package io.registrycache.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.registrycache.upstream.Outgoing;
import io.registrycache.upstream.Receiver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UpstreamConnectionsTest {

    private final EventLoopGroup loops = EventLoops.upstream();
    private ServerSocket server;

    @BeforeEach
    void answerEachConnectionWithoutTls() throws IOException {
        server = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
        Thread accepting = new Thread(() -> {
            while (!server.isClosed()) {
                try (Socket client = server.accept()) {
                    client.getOutputStream()
                            .write("HTTP/1.0 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    // The client was faster, or the test is over.
                    continue;
                }
            }
        });
        accepting.setDaemon(true);
        accepting.start();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    /** A connection that fails before its request is on it. */
    @Test
    void shouldEndEveryRequestWhoseConnectionFailsAtOnce() throws InterruptedException {
        UpstreamConnections connections = new UpstreamConnections("test", loops, Map.of(), 16);
        URI url = URI.create("https://127.0.0.1:" + server.getLocalPort() + "/v2/");
        int count = 500;
        CountDownLatch failed = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            connections.send(new Outgoing(url, HttpMethod.GET, new DefaultHttpHeaders(), true), new Counting(failed));
        }

        assertThat(failed.await(60, TimeUnit.SECONDS))
                .as("%d requests never ended", failed.getCount())
                .isTrue();
    }

    private record Counting(CountDownLatch failed) implements Receiver {

        @Override
        public void head(HttpResponse head) {
            throw new IllegalStateException("there is no TLS");
        }

        @Override
        public void body(ByteBuffer[] parts) {}

        @Override
        public void end() {}

        @Override
        public void failed(Exception why) {
            failed.countDown();
        }
    }
}
