package io.registrycache.relay;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.registrycache.request.Digest;
import io.registrycache.request.RegistryError;
import io.registrycache.request.RegistryRequest;
import io.registrycache.traffic.Transfer.Source;
import java.time.Duration;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;

/** A client's request for a blob that is not stored, and the exchange that ends with its answer. */
record BlobPull(Exchange exchange, PullRequest pull, RegistryRequest request, AsyncCallback callback) {

    private static final String TYPE = "application/octet-stream";

    static BlobPull of(Exchange exchange, AsyncCallback callback) {
        PullRequest pull = PullRequest.of(exchange);
        return new BlobPull(exchange, pull, pull.request(), callback);
    }

    String upstream() {
        return request.upstream().name();
    }

    Digest digest() {
        return Digest.of(request.reference());
    }

    boolean isHead() {
        return pull.isHead();
    }

    /** How long the client has waited. */
    Duration age() {
        return Duration.ofNanos(pull.transfer().nanos());
    }

    void refuse(RegistryError error) {
        exchange.setException(error.exception());
        callback.done(false);
    }

    void sendHead(long size) {
        HttpHeaders headers = headers(new ByteRange(0, size, size, true));
        HttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.EMPTY_BUFFER, headers, EmptyHttpHeaders.INSTANCE);
        pull.client().send(pull, Source.UPSTREAM, response, null, this::done);
    }

    void sendBody(ByteRange range, Body body) {
        HttpResponse head = new DefaultHttpResponse(
                HttpVersion.HTTP_1_1,
                range.isWhole() ? HttpResponseStatus.OK : HttpResponseStatus.PARTIAL_CONTENT,
                headers(range));
        pull.client().send(pull, Source.UPSTREAM, head, body, this::done);
    }

    private HttpHeaders headers(ByteRange range) {
        HttpHeaders headers = ContentHead.of(request, TYPE, range);
        AnswerHeaders.add(exchange, headers);
        return headers;
    }

    private void done() {
        exchange.getMessage().setBody(AlreadySent.INSTANCE);
        callback.done(false);
    }

    /** The range that is asked for, of a blob of this size. */
    ByteRange asked(long size) {
        return ByteRange.of(pull.asked().headers(), size);
    }

    /** The ranges to answer with; several ranges at once may be answered with everything; RFC 9110, 14.2. */
    ByteRange answered(long size) {
        ByteRange asked = asked(size);
        return asked.equals(ByteRange.UNSUPPORTED) || asked.isBeyondTheEnd()
                ? new ByteRange(0, size, size, true)
                : asked;
    }

    /**
     * Whether the client reads to the end, as one does that resumes: it must not get a whole blob with wrong content.
     */
    boolean isTail(ByteRange range) {
        return range.isWhole() || isOpenEnded();
    }

    boolean isOpenEnded() {
        return pull.asked().headers().get(HttpHeaderNames.RANGE, "").endsWith("-");
    }

    /** Whether the last bytes are asked for, whose place is known with the size only. */
    boolean isSuffix() {
        return pull.asked().headers().get(HttpHeaderNames.RANGE, "").startsWith("bytes=-");
    }
}
