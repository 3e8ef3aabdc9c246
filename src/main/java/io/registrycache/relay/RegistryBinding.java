package io.registrycache.relay;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.registrycache.request.Pull;
import io.registrycache.request.RegistryError;
import io.registrycache.request.RegistryRequest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.netty.http.DefaultNettyHttpBinding;
import org.apache.camel.component.netty.http.NettyHttpConfiguration;
import org.apache.camel.support.http.HttpUtil;

/**
 * Between Netty's messages and Camel's. Routes read a client's headers where they lie, see {@link PullHeaders}; none of
 * them can come back to it or steer a component. The exchange variable {@code pull} is the {@link PullRequest}.
 */
public final class RegistryBinding extends DefaultNettyHttpBinding {

    private final PassedCaches passed;

    /**
     * For clients, the back door and children.
     *
     * @param passed is told which requests go to children
     */
    public RegistryBinding(PassedCaches passed) {
        this.passed = passed;
    }

    @Override
    public Message toCamelMessage(FullHttpRequest request, Exchange exchange, NettyHttpConfiguration configuration) {
        exchange.setVariable(Pull.VARIABLE, request);
        return new PullMessage(
                exchange.getContext(), ((PullRequest) request).asked().headers());
    }

    @Override
    public HttpRequest toNettyRequest(Message message, String fullUri, NettyHttpConfiguration configuration) {
        Exchange exchange = message.getExchange();
        PullRequest pull = PullRequest.of(exchange);
        RegistryRequest request = pull.request();
        DefaultFullHttpRequest forwarded = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                HttpMethod.valueOf(pull.askedMethod()),
                request.upstreamTarget(),
                Unpooled.EMPTY_BUFFER);
        passed.enter(exchange, request);
        Headers.copyForwarded(pull.asked().headers(), forwarded.headers());
        forwarded.headers().set(HttpHeaderNames.HOST, configuration.getHost() + ":" + configuration.getPort());
        return forwarded;
    }

    /** The message's status, headers and text or bytes are the response; nothing else goes out. */
    @Override
    public HttpResponse toNettyResponse(Message message, NettyHttpConfiguration configuration) {
        if (message.getBody() instanceof AlreadySent relayed) {
            return relayed;
        }
        Exchange exchange = message.getExchange();
        HttpRequest asked = PullRequest.of(exchange).asked();
        if (exchange.getException() != null) {
            RegistryError error = RegistryError.unexpected();
            return response(asked, error.status(), error.json().getBytes(StandardCharsets.UTF_8), message.getHeaders());
        }
        if (message.getBody() instanceof UpstreamSaid.ContentLength length) {
            HttpResponse head = response(asked, 200, new byte[0], message.getHeaders());
            head.headers().set(HttpHeaderNames.CONTENT_LENGTH, length.bytes());
            return head;
        }
        byte[] body = message.getBody() instanceof byte[] bytes
                ? bytes
                : message.getBody(String.class).getBytes(StandardCharsets.UTF_8);
        return response(asked, HttpUtil.determineResponseCode(exchange, body), body, message.getHeaders());
    }

    private static HttpResponse response(HttpRequest asked, int status, byte[] body, Map<String, Object> headers) {
        PullResponse response = new PullResponse(asked, HttpResponseStatus.valueOf(status), body);
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
        response.headers().set("Docker-Distribution-Api-Version", "registry/2.0");
        AnswerHeaders.set(headers, response.headers());
        response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
        return response;
    }
}
