package io.registrycache.relay;

import io.registrycache.upstream.Answer;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** Writes the answer of an upstream into a message. */
final class UpstreamSaid {

    private UpstreamSaid() {}

    static void write(Answer.Found found, Message message) {
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, 200);
        message.setHeader("Content-Type", found.type());
        if (!found.digest().isEmpty()) {
            message.setHeader("Docker-Content-Digest", found.digest());
        }
        if (!found.link().isEmpty()) {
            message.setHeader("Link", "<" + found.link() + ">; rel=\"next\"");
        }
        if (found.body().isPresent()) {
            message.setBody(found.body().get());
        } else {
            message.setBody(new ContentLength(found.length()));
        }
    }

    /** Stands in a Camel body for content of which only the length is known, in an answer to HEAD. */
    record ContentLength(long bytes) {}
}
