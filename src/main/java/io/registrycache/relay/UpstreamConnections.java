package io.registrycache.relay;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.proxy.HttpProxyHandler;
import io.netty.handler.proxy.Socks5ProxyHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.resolver.NoopAddressResolverGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.registrycache.request.RegistryError;
import io.registrycache.upstream.Obstacle;
import io.registrycache.upstream.Origin;
import io.registrycache.upstream.Outgoing;
import io.registrycache.upstream.Proxies;
import io.registrycache.upstream.Proxy;
import io.registrycache.upstream.Receiver;
import io.registrycache.upstream.Transport;
import io.registrycache.upstream.Trust;
import io.registrycache.upstream.UpstreamFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one upstream: to itself, its token service, and the hosts that it redirects to. A connection is
 * used again; beyond the limit requests wait for one.
 *
 * <pre>
 * upstream ── [TLS to the proxy ─ CONNECT] ─ [TLS] ─ IdleStateHandler ─ HttpClientCodec ─ UpstreamConnection ──
 * Receiver
 * </pre>
 */
public final class UpstreamConnections implements Transport {

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration HANDSHAKE = Duration.ofSeconds(10);
    /** A connection without a byte for so long counts as cut. */
    private static final Duration STALL = Duration.ofSeconds(15);

    private static final int LONGEST_LINE = 8 << 10;
    private static final int LARGEST_HEAD = 64 << 10;
    private static final int LARGEST_READ = 512 << 10;

    /** The system's resolver blocks; a name that takes long must not hold up others. */
    private static final ExecutorService RESOLVER =
            Executors.newCachedThreadPool(new DefaultThreadFactory("resolver", true));

    private final String upstream;
    private final EventLoopGroup loops;
    private final Proxies proxies;
    private final Map<String, String> environment;
    private final CallQueue<UpstreamCall> calls;
    private final Map<Origin, Deque<UpstreamConnection>> idle = new HashMap<>();
    private @Nullable SslContext trust;
    /** Whether the upstream itself is on this machine or its link, so that hosts that it names may be. */
    private volatile boolean local;

    /**
     * Opens no connection yet.
     *
     * @param environment says which certificates to trust
     * @param most requests at the same time
     */
    public UpstreamConnections(String upstream, EventLoopGroup loops, Map<String, String> environment, int most) {
        this.upstream = upstream;
        this.loops = loops;
        this.proxies = new Proxies(environment);
        this.environment = Map.copyOf(environment);
        this.calls = new CallQueue<>(most);
    }

    @Override
    public Call send(Outgoing request, Receiver receiver) {
        UpstreamCall call = new UpstreamCall(this, request, receiver);
        if (calls.enter(call, request.isLayer())) {
            begin(call);
        }
        return call;
    }

    /** Sends the request on a connection that is open, or opens one. */
    private void begin(UpstreamCall call) {
        call.begins();
        UpstreamConnection open;
        synchronized (this) {
            Deque<UpstreamConnection> ofOrigin = idle.get(call.origin());
            open = ofOrigin == null ? null : ofOrigin.pollLast();
        }
        if (open == null) {
            beginFresh(call);
        } else {
            open.carry(call, true);
        }
    }

    void beginFresh(UpstreamCall call) {
        call.carriedBy(null);
        RESOLVER.execute(() -> {
            try {
                connect(call);
            } catch (UnknownHostException e) {
                call.failed(unreachable(call, Obstacle.NO_SUCH_HOST, Obstacle.NO_SUCH_HOST.words()));
            } catch (IOException | RuntimeException e) {
                call.failed(unreachable(call, Obstacle.OTHER, String.valueOf(e.getMessage())));
            }
        });
    }

    private void connect(UpstreamCall call) throws IOException {
        URI url = call.request().url();
        Optional<Proxy> proxy = proxies.proxy(url);
        Origin hop = proxy.map(Proxy::origin).orElse(call.origin());
        InetAddress resolved = InetAddress.getByName(hop.address());
        // 0.0.0.0 as a target means this machine, as in every program written in Go.
        InetAddress address = resolved.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : resolved;
        if (proxy.isEmpty() && !isAllowed(call.request(), address)) {
            call.failed(RegistryError.malformed(upstream, "redirects to where it must not")
                    .exception());
            return;
        }
        SocketAddress nextHop = new InetSocketAddress(address, hop.port());
        boolean tunnel =
                proxy.filter(it -> call.origin().isTls() || !it.isHttp()).isPresent();
        UpstreamConnection connection = new UpstreamConnection(this, call.origin());
        ChannelFuture connecting = new Bootstrap()
                .group(loops)
                .channel(EventLoops.socketChannel())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT.toMillis())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(
                        ChannelOption.RCVBUF_ALLOCATOR,
                        new AdaptiveRecvByteBufAllocator(512, 16 << 10, LARGEST_READ).maxMessagesPerRead(1))
                .resolver(NoopAddressResolverGroup.INSTANCE)
                .handler(new Pipeline(connection, call.origin(), proxy, nextHop, tunnel))
                .connect(
                        tunnel
                                ? InetSocketAddress.createUnresolved(
                                        call.origin().address(), call.origin().port())
                                : nextHop);
        connecting.addListener((ChannelFuture connected) -> {
            if (connected.isSuccess()) {
                // The channel may have failed since, and have no pipeline any more.
                connection.carry(call, false);
            } else {
                call.failed(unreachable(call, BrokenConnection.of(connected.cause())));
            }
        });
    }

    /** A hostile upstream must not make this program talk to the machine that it runs on. */
    private boolean isAllowed(Outgoing request, InetAddress address) {
        boolean isHere = address.isLoopbackAddress() || address.isLinkLocalAddress() || address.isMulticastAddress();
        if (request.trusted()) {
            local = isHere;
            return true;
        }
        return !isHere || local;
    }

    UpstreamFailure unreachable(UpstreamCall call, BrokenConnection broken) {
        return unreachable(call, broken.obstacle(), broken.why());
    }

    UpstreamFailure unreachable(UpstreamCall call, Obstacle obstacle, String why) {
        String way = proxies.proxy(call.request().url())
                .map(proxy -> " through the proxy " + proxy.origin())
                .orElse("");
        String host = call.request().trusted() ? "" : " (at " + call.origin() + ")";
        return new UpstreamFailure(obstacle, "cannot be reached at the moment" + way + host + ": " + why);
    }

    /** Whether requests are written with their whole URL, for a proxy that reads them. */
    boolean isAbsolute(UpstreamCall call) {
        return !call.origin().isTls()
                && proxies.proxy(call.request().url()).filter(Proxy::isHttp).isPresent();
    }

    /** The header for the proxy in each request, if it reads them and wants a password. */
    Optional<String> proxyAuthorization(UpstreamCall call) {
        return isAbsolute(call)
                ? proxies.proxy(call.request().url()).flatMap(Proxy::login).map(Proxy.Login::basic)
                : Optional.empty();
    }

    /** A request is over; the next one may begin. */
    void release(UpstreamCall over) {
        calls.leave(over.request().isLayer()).ifPresent(this::begin);
    }

    /** Forgets a request that waits for a connection. */
    boolean withdraw(UpstreamCall call) {
        return calls.withdraw(call);
    }

    synchronized void keep(Origin origin, UpstreamConnection connection) {
        idle.computeIfAbsent(origin, key -> new ArrayDeque<>()).add(connection);
    }

    synchronized void forget(Origin origin, UpstreamConnection connection) {
        Deque<UpstreamConnection> ofOrigin = idle.get(origin);
        if (ofOrigin != null) {
            ofOrigin.remove(connection);
            if (ofOrigin.isEmpty()) {
                idle.remove(origin);
            }
        }
    }

    private synchronized SslContext trust() throws IOException {
        SslContext known = trust;
        if (known == null) {
            known = Trust.of(environment);
            trust = known;
        }
        return known;
    }

    private final class Pipeline extends ChannelInitializer<Channel> {

        private final UpstreamConnection connection;
        private final Origin origin;
        private final Optional<Proxy> proxy;
        private final SocketAddress nextHop;
        private final boolean tunnel;

        Pipeline(
                UpstreamConnection connection,
                Origin origin,
                Optional<Proxy> proxy,
                SocketAddress nextHop,
                boolean tunnel) {
            this.connection = connection;
            this.origin = origin;
            this.proxy = proxy;
            this.nextHop = nextHop;
            this.tunnel = tunnel;
        }

        @Override
        protected void initChannel(Channel channel) throws IOException {
            ChannelPipeline pipeline = channel.pipeline();
            if (proxy.isPresent()) {
                addProxy(channel, proxy.get());
            }
            if (origin.isTls()) {
                pipeline.addLast(tls(channel, origin));
            }
            pipeline.addLast(new IdleStateHandler(STALL.toSeconds(), 0, 0, TimeUnit.SECONDS));
            pipeline.addLast(new HttpClientCodec(LONGEST_LINE, LARGEST_HEAD, LARGEST_READ));
            pipeline.addLast(connection);
        }

        private void addProxy(Channel channel, Proxy through) throws IOException {
            if (through.origin().isTls()) {
                channel.pipeline().addLast(tls(channel, through.origin()));
            }
            if (!tunnel) {
                return;
            }
            if (through.isHttp()) {
                channel.pipeline()
                        .addLast(through.login()
                                .map(it -> new HttpProxyHandler(nextHop, it.user(), it.password()))
                                .orElseGet(() -> new HttpProxyHandler(nextHop)));
            } else {
                channel.pipeline()
                        .addLast(through.login()
                                .map(it -> new Socks5ProxyHandler(nextHop, it.user(), it.password()))
                                .orElseGet(() -> new Socks5ProxyHandler(nextHop)));
            }
        }

        private SslHandler tls(Channel channel, Origin peer) throws IOException {
            SslHandler handler = trust().newHandler(channel.alloc(), peer.address(), peer.port());
            handler.setHandshakeTimeoutMillis(HANDSHAKE.toMillis());
            return handler;
        }
    }
}
