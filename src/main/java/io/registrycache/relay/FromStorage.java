package io.registrycache.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.registrycache.request.Operation;
import io.registrycache.request.RegistryError;
import io.registrycache.request.RegistryRequest;
import io.registrycache.storage.Content;
import io.registrycache.storage.ContentStore;
import io.registrycache.traffic.Transfer.Source;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers what is asked for by digest and stored, straight from memory or from the child's file, with the headers
 * that the child would send, and stops the route; lets everything else pass.
 */
public final class FromStorage extends AsyncProcessorSupport {

    private static final Logger LOG = LoggerFactory.getLogger(FromStorage.class);
    /** Questions that are rare and intricate, and that the child answers well. */
    private static final List<CharSequence> LEFT_TO_THE_CHILD =
            List.of(HttpHeaderNames.IF_RANGE, HttpHeaderNames.IF_NONE_MATCH, HttpHeaderNames.IF_MODIFIED_SINCE);

    private final String variable;
    private final Map<String, ContentStore> stores;

    /**
     * For all upstreams at once.
     *
     * @param variable that holds the request to answer, or nothing
     * @param stores by the names of those upstreams whose storage is the file system
     */
    public FromStorage(String variable, Map<String, ContentStore> stores) {
        this.variable = variable;
        this.stores = Map.copyOf(stores);
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        RegistryRequest request = exchange.getVariable(variable, RegistryRequest.class);
        if (request == null) {
            callback.done(true);
            return true;
        }
        PullRequest pull = exchange.getVariable("pull", PullRequest.class);
        ContentStore store = stores.get(request.upstream().name());
        Optional<Content> content = store == null || !isSimple(pull.asked().headers())
                ? Optional.empty()
                : store.find(request).filter(found -> isAccepted(exchange, request, found));
        ByteRange range = content.map(found -> ByteRange.of(pull.asked().headers(), found.size()))
                .orElse(ByteRange.INTRICATE);
        if (store != null && content.isEmpty() && store.lacks(request)) {
            pull.transfer().lacks();
        }
        if (content.isEmpty() || range.equals(ByteRange.INTRICATE)) {
            callback.done(true);
            return true;
        }
        if (range.isBeyondTheEnd()) {
            // The child sends a length here that its body does not have.
            RegistryError.rangeBeyondTheEnd().writeTo(exchange.getMessage());
            exchange.getMessage().setHeader("Content-Range", "bytes */" + range.size());
            exchange.setRouteStop(true);
            callback.done(true);
            return true;
        }
        return send(exchange, pull, request, content.get(), range, callback);
    }

    private static boolean send(
            Exchange exchange,
            PullRequest pull,
            RegistryRequest request,
            Content content,
            ByteRange range,
            AsyncCallback callback) {
        boolean head = pull.asked().method().equals(HttpMethod.HEAD);
        HttpResponseStatus status = range.isWhole() ? HttpResponseStatus.OK : HttpResponseStatus.PARTIAL_CONTENT;
        HttpHeaders headers = ContentHead.of(request, content.type(), range);
        HttpResponse response;
        FileBody file = null;
        if (head) {
            response = response(status, headers, Unpooled.EMPTY_BUFFER);
        } else if (content instanceof Content.InMemory small) {
            response = response(
                    status, headers, Unpooled.wrappedBuffer(small.bytes(), (int) range.first(), (int) range.length()));
        } else {
            response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, status, headers);
        }
        if (content instanceof Content.OnDisk large && !head) {
            try {
                file = FileBody.open(large.file(), range);
            } catch (IOException e) {
                LOG.debug("upstream={} a blob went away: {}", request.upstream().name(), e.getMessage());
                callback.done(true);
                return true;
            }
        }
        pull.client().send(pull, Source.STORAGE, response, file, () -> {
            exchange.getMessage().setBody(Relayed.INSTANCE);
            exchange.setRouteStop(true);
            callback.done(false);
        });
        return false;
    }

    private static boolean isSimple(HttpHeaders asked) {
        for (CharSequence name : LEFT_TO_THE_CHILD) {
            if (asked.contains(name)) {
                return false;
            }
        }
        return true;
    }

    /** A child converts a manifest, or refuses it, when the client does not say that it knows the kind. */
    private static boolean isAccepted(Exchange exchange, RegistryRequest request, Content content) {
        if (request.operation() == Operation.BLOB) {
            return true;
        }
        List<?> accepted = exchange.getVariable("accept", List.class);
        for (Object line : accepted) {
            if (line.toString().contains(content.type())) {
                return true;
            }
        }
        return false;
    }

    private static HttpResponse response(HttpResponseStatus status, HttpHeaders headers, ByteBuf body) {
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body, headers, EmptyHttpHeaders.INSTANCE);
    }
}
