package io.registrycache.relay;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.registrycache.traffic.Transfer;
import io.registrycache.traffic.Transfer.Source;
import org.jspecify.annotations.Nullable;

/** Reports the open request of a connection, if it has one, to the observers. */
final class OpenTransfer {

    private final ClientConnections all;
    private @Nullable Transfer transfer;

    OpenTransfer(ClientConnections all) {
        this.all = all;
    }

    Transfer begin(HttpRequest asked, Channel client) {
        Transfer begun = all.begin(asked, client);
        transfer = begun;
        return begun;
    }

    /** The head of its answer is being written; the cache's outcome is added to it. */
    void answers(Source source, HttpRequest asked, HttpResponse head) {
        if (transfer != null) {
            transfer.answers(source, head.status().code(), HttpUtil.getContentLength(head, -1L));
            head.headers().set(Headers.CACHE_STATUS, transfer.outcome().cacheStatus());
            if (head instanceof FullHttpResponse full && !asked.method().equals(HttpMethod.HEAD)) {
                transfer.sends(full.content().readableBytes());
            }
        }
    }

    void sends(HttpContent content) {
        if (transfer != null) {
            transfer.sends(content.content().readableBytes());
        }
    }

    /**
     * Nothing more will come of it.
     *
     * @param whole whether all of the answer is out
     */
    void ends(boolean whole) {
        Transfer open = transfer;
        transfer = null;
        if (open != null) {
            all.end(open, whole);
        }
    }
}
