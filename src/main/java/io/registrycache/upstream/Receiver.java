package io.registrycache.upstream;

import io.netty.handler.codec.http.HttpResponse;
import io.registrycache.request.RegistryException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Is given one response, on one thread; exactly one of {@link #end} and {@link #failed} comes last. */
public interface Receiver {

    /** Whether the whole response is expected within the time that others have for its head. */
    default boolean isShort() {
        return false;
    }

    /**
     * The head of the response.
     *
     * @throws RegistryException to refuse the response: the connection closes and {@link #failed} follows
     */
    void head(HttpResponse head) throws RegistryException;

    /**
     * More of the body.
     *
     * @param parts in order; valid during the call only
     * @throws IOException as {@link #head}
     */
    void body(ByteBuffer[] parts) throws IOException, RegistryException;

    /** The response is complete. */
    void end();

    /**
     * The response will not be complete.
     *
     * @param why an {@link UpstreamFailure}, or the exception of {@link #head} or {@link #body}
     */
    void failed(Exception why);
}
