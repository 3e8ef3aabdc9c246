package io.registrycache.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.registrycache.request.Pull.Finding;
import io.registrycache.request.RegistryError;
import io.registrycache.request.RegistryRequest;
import io.registrycache.storage.Content;
import io.registrycache.storage.ContentStore;
import io.registrycache.storage.InUse;
import io.registrycache.traffic.Transfer.Source;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers with stored content, straight from memory or from the child's file, with the headers that the child would
 * send; lets everything else pass. Reports {@code ANSWERED}, or {@code AT_CHILD} if only the child can answer.
 */
public final class FromStorage extends AsyncProcessorSupport {

    private static final Logger LOG = LoggerFactory.getLogger(FromStorage.class);
    private final Map<String, ContentStore> stores;

    /**
     * For all upstreams at once.
     *
     * @param stores by the names of those upstreams whose storage is the file system
     */
    public FromStorage(Map<String, ContentStore> stores) {
        this.stores = stores;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        PullRequest pull = PullRequest.of(exchange);
        RegistryRequest request = pull.stored();
        ContentStore store = stores.get(request.upstream().name());
        Optional<Content> content = store == null ? Optional.empty() : store.find(request);
        if (content.isEmpty()) {
            if (store != null && store.lacks(request)) {
                pull.transfer().lacks();
            }
            callback.done(true);
            return true;
        }
        Precondition precondition = Precondition.of(pull.asked().headers(), request.reference());
        ByteRange range = precondition.range(content.get().size());
        if (precondition.isFailed() || precondition.isUnchanged()) {
            return sendNothing(exchange, pull, request, precondition, callback);
        }
        if (range.equals(ByteRange.UNSUPPORTED)) {
            if (content.get() instanceof Content.OnDisk large) {
                holdUntilDone(exchange, large);
            }
            pull.found(Finding.AT_CHILD);
            callback.done(true);
            return true;
        }
        if (range.isBeyondTheEnd()) {
            ErrorAnswer.write(RegistryError.rangeBeyondTheEnd(range.size()), exchange.getMessage());
            pull.found(Finding.ANSWERED);
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
        boolean head = pull.isHead();
        HttpResponseStatus status = range.isWhole() ? HttpResponseStatus.OK : HttpResponseStatus.PARTIAL_CONTENT;
        HttpHeaders headers = ContentHead.of(request, content.type(), range);
        AnswerHeaders.add(exchange, headers);
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
                file = FileBody.open(large.file(), range, large.hold());
            } catch (IOException e) {
                LOG.debug("upstream={} a blob went away: {}", request.upstream().name(), e.getMessage());
                callback.done(true);
                return true;
            }
        }
        pull.client().send(pull, Source.STORAGE, response, file, () -> answered(exchange, pull, callback));
        return false;
    }

    /** The child opens the file again for each range. */
    private static void holdUntilDone(Exchange exchange, Content.OnDisk content) {
        InUse.Hold hold = content.hold();
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                hold.close();
            }
        });
    }

    /** 304, or 412. */
    private static boolean sendNothing(
            Exchange exchange,
            PullRequest pull,
            RegistryRequest request,
            Precondition precondition,
            AsyncCallback callback) {
        HttpResponseStatus status =
                precondition.isFailed() ? HttpResponseStatus.PRECONDITION_FAILED : HttpResponseStatus.NOT_MODIFIED;
        HttpHeaders headers = ContentHead.ofNothing(request, precondition.isFailed());
        AnswerHeaders.add(exchange, headers);
        HttpResponse response = response(status, headers, Unpooled.EMPTY_BUFFER);
        pull.client().send(pull, Source.STORAGE, response, null, () -> answered(exchange, pull, callback));
        return false;
    }

    private static void answered(Exchange exchange, PullRequest pull, AsyncCallback callback) {
        exchange.getMessage().setBody(AlreadySent.INSTANCE);
        pull.found(Finding.ANSWERED);
        callback.done(false);
    }

    private static HttpResponse response(HttpResponseStatus status, HttpHeaders headers, ByteBuf body) {
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body, headers, EmptyHttpHeaders.INSTANCE);
    }
}
