package io.registrycache.relay;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.ReadOnlyHttpHeaders;
import io.registrycache.traffic.Transfer;
import java.net.InetSocketAddress;

/**
 * A request as the routes get it. To Camel's own matching of paths and methods it looks like {@code GET /}, so that no
 * client's text is ever interpreted there; what was really asked is beside it.
 */
public final class PullRequest extends DefaultFullHttpRequest {

    private static final HttpHeaders NO_HEADERS =
            new ReadOnlyHttpHeaders(false, HttpHeaderNames.HOST, "docker-registry-cache");

    private final HttpRequest asked;
    private final ClientConnection client;
    private final Transfer transfer;

    PullRequest(HttpRequest asked, ClientConnection client, Transfer transfer) {
        super(HttpVersion.HTTP_1_1, HttpMethod.GET, "/", Unpooled.EMPTY_BUFFER, NO_HEADERS, NO_HEADERS);
        this.asked = asked;
        this.client = client;
        this.transfer = transfer;
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
