package io.registrycache.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.registrycache.request.Digest;
import io.registrycache.rig.Needs;
import io.registrycache.storage.InUse;
import io.registrycache.traffic.Transfer;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files over a real connection, as one of the program's event loops sends them. */
class FileBodyTest {

    private static final String HEAD = "HTTP/1.1 200 OK\r\n\r\n";
    private static final int SIZE = 5_000_001;

    /** The end of a body. */
    private record Written(boolean isWhole, long counted) {}

    private final EventLoopGroup loops = EventLoops.start();
    private final BlockingQueue<Written> written = new LinkedBlockingQueue<>();
    private final CompletableFuture<Channel> accepted = new CompletableFuture<>();
    private final byte[] bytes = new byte[SIZE];
    private final InUse inUse = new InUse();
    private final Digest digest = new Digest("sha256", "0".repeat(64));
    private final InUse.Hold hold = inUse.hold(digest);

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void writeFile() throws IOException {
        new Random(7).nextBytes(bytes);
        file = Files.write(folder.resolve("data"), bytes);
    }

    @AfterEach
    void stop() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** Connects, and is sent the body. */
    private Socket client(FileBody body) throws IOException {
        ChannelInboundHandlerAdapter sender = new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(ChannelHandlerContext ctx) {
                SameMachine.unpace(ctx.channel());
                send(ctx, body);
                accepted.complete(ctx.channel());
            }
        };
        InetSocketAddress address = (InetSocketAddress) new ServerBootstrap()
                .group(loops)
                .channel(EventLoops.isNative() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new HttpResponseEncoder(), sender);
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel()
                .localAddress();
        Socket client = new Socket(address.getAddress(), address.getPort());
        client.setSoTimeout(20_000);
        return client;
    }

    private void send(ChannelHandlerContext ctx, FileBody body) {
        Transfer transfer = new Transfer(
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/"),
                ctx.channel().remoteAddress());
        ctx.write(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        body.write(ctx, transfer, end -> written.add(new Written(end.isSuccess(), transfer.sent())));
    }

    private Written written() throws InterruptedException {
        return written.poll(20, TimeUnit.SECONDS);
    }

    private static byte[] read(Socket client, int length) throws IOException {
        InputStream in = client.getInputStream();
        assertThat(in.readNBytes(HEAD.length())).isEqualTo(HEAD.getBytes(US_ASCII));
        return in.readNBytes(length);
    }

    @Test
    void shouldSendAllPiecesOfAPartAndCountThem() throws Exception {
        FileBody body = FileBody.open(file, new ByteRange(3, SIZE - 5, SIZE, false), hold);
        try (Socket client = client(body)) {
            assertThat(read(client, SIZE - 5)).isEqualTo(Arrays.copyOfRange(bytes, 3, SIZE - 2));
        }
        Written end = written();
        assertThat(end.isWhole()).isTrue();
        assertThat(end.counted()).isEqualTo(SIZE - 5);
    }

    @Test
    void shouldCorkTheConnectionUntilAllIsWrittenAndNotPaceIt() throws Exception {
        Needs.that(EventLoops.isNative(), "epoll");
        FileBody body = FileBody.open(file, new ByteRange(0, SIZE, SIZE, true), hold);
        try (Socket client = client(body)) {
            ChannelConfig connection = accepted.get(20, TimeUnit.SECONDS).config();
            // More is to come than fits between them.
            assertThat(connection.getOption(EpollChannelOption.TCP_CORK)).isTrue();
            read(client, SIZE);
            assertThat(written().isWhole()).isTrue();
            assertThat(connection.getOption(EpollChannelOption.TCP_CORK)).isFalse();
            ByteBuffer control = connection.getOption(SameMachine.TCP_CONGESTION);
            assertThat(US_ASCII.decode(control).toString()).isEqualTo("reno");
        }
    }

    @Test
    void shouldSendAFileThatIsDeletedMeanwhile() throws Exception {
        FileBody body = FileBody.open(file, new ByteRange(0, SIZE, SIZE, true), hold);
        Files.delete(file);
        try (Socket client = client(body)) {
            assertThat(read(client, SIZE)).isEqualTo(bytes);
        }
    }

    @Test
    void shouldNotCallAFileWholeThatBecameShorter() throws Exception {
        FileBody body = FileBody.open(file, new ByteRange(0, SIZE, SIZE, true), hold);
        try (RandomAccessFile shorter = new RandomAccessFile(file.toFile(), "rw")) {
            shorter.setLength(SIZE - 1);
        }
        try (Socket client = client(body)) {
            byte[] got = read(client, SIZE);
            assertThat(got).hasSizeLessThan(SIZE).isEqualTo(Arrays.copyOf(bytes, got.length));
            assertThat(written().isWhole()).isFalse();
        }
    }

    @Test
    void shouldTellWhenTheClientIsGone() throws Exception {
        FileBody body = FileBody.open(file, new ByteRange(0, SIZE, SIZE, true), hold);
        try (Socket client = client(body)) {
            assertThat(client.getInputStream().read()).isEqualTo('H');
            assertThat(inUse.isHeld(digest)).isTrue();
        }
        assertThat(written().isWhole()).isFalse();
        assertThat(inUse.isHeld(digest)).isFalse();
    }
}
