package io.registrycache.relay;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpRequest;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Requests that a client has sent ahead of the answers before them; when they are many, it is not read any more. */
final class PipelinedRequests {

    private static final int MOST = 16;

    private final Deque<HttpRequest> requests = new ArrayDeque<>();

    void add(HttpRequest request, Channel client) {
        requests.add(request);
        if (requests.size() >= MOST) {
            client.config().setAutoRead(false);
        }
    }

    /** The next one, if there is one, which may make room for others. */
    @Nullable
    HttpRequest poll(Channel client) {
        HttpRequest next = requests.poll();
        if (requests.size() < MOST) {
            client.config().setAutoRead(true);
        }
        return next;
    }

    boolean isEmpty() {
        return requests.isEmpty();
    }

    void clear() {
        requests.clear();
    }
}
