package io.registrycache.relay;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.ReadOnlyHttpHeaders;
import io.registrycache.request.Pull;
import io.registrycache.request.RegistryRequest;
import io.registrycache.traffic.Transfer;
import java.net.InetSocketAddress;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * A request as the routes get it. To Camel's own matching of paths and methods it looks like {@code GET /}, so that no
 * client's text is ever interpreted there; the real request is beside it.
 */
public final class PullRequest extends DefaultFullHttpRequest implements Pull {

    private static final HttpHeaders NO_HEADERS =
            new ReadOnlyHttpHeaders(false, HttpHeaderNames.HOST, "docker-registry-cache");

    private final HttpRequest asked;
    private final ClientConnection client;
    private final Transfer transfer;
    private @Nullable RegistryRequest request;
    private @Nullable RegistryRequest stored;
    private Finding finding = Finding.NOTHING;
    private int port;

    PullRequest(HttpRequest asked, ClientConnection client, Transfer transfer) {
        super(HttpVersion.HTTP_1_1, HttpMethod.GET, "/", Unpooled.EMPTY_BUFFER, NO_HEADERS, NO_HEADERS);
        this.asked = asked;
        this.client = client;
        this.transfer = transfer;
    }

    static PullRequest of(Exchange exchange) {
        return exchange.getVariable(VARIABLE, PullRequest.class);
    }

    /**
     * The request is parsed. Sets the variables {@code operation} and, where a repository is asked for,
     * {@code upstream}: routes compare them, and Camel reads a variable 20 times as fast as a property of an object.
     */
    void understood(RegistryRequest what, Exchange exchange) {
        request = what;
        exchange.setVariable("operation", what.operation().routeName());
        if (!what.repository().isEmpty()) {
            exchange.setVariable("upstream", what.upstream().name());
        }
    }

    @Override
    public RegistryRequest request() {
        return requireNonNull(request);
    }

    @Override
    public Finding finding() {
        return finding;
    }

    @Override
    public void found(Finding what) {
        finding = what;
        if (what == Finding.OUTAGE) {
            transfer.isOffline();
        } else if (what == Finding.FRESH) {
            transfer.isFresh();
        }
    }

    @Override
    public void found(Finding what, RegistryRequest inStorage) {
        stored = inStorage;
        found(what);
    }

    @Override
    public RegistryRequest stored() {
        return stored == null ? request() : stored;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void sendTo(int child) {
        port = child;
    }

    /** The method of the request line. */
    public String askedMethod() {
        return asked.method().name();
    }

    /** The target of the request line, as it came. */
    public String askedTarget() {
        return asked.uri();
    }

    /** The client's address, or that of the proxy in front. */
    public String address() {
        return transfer.client() instanceof InetSocketAddress client
                ? client.getAddress().getHostAddress()
                : "";
    }

    boolean isHead() {
        return asked.method().equals(HttpMethod.HEAD);
    }

    HttpRequest asked() {
        return asked;
    }

    ClientConnection client() {
        return client;
    }

    Transfer transfer() {
        return transfer;
    }
}
