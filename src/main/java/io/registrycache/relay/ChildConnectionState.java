package io.registrycache.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.registrycache.request.ChildRefusal;
import io.registrycache.request.ChildUnanswered;
import io.registrycache.request.RegistryError;
import io.registrycache.request.TransferCut;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.camel.component.netty.NettyCamelState;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a child, which answers one request at a time. An event that comes too late, or again, changes
 * nothing; a part of a response that comes out of turn closes the connection.
 *
 * <pre>
 *        sent             head                 the last part             relayed
 *  Idle ──────► Waiting ───────► Receiving ──────────────────► Delivering ───────► Idle
 *                │  │ head of an error
 *                │  └──────────► Refused ─── the last part: failed ───► Idle
 *                │
 *                └── unsent ──► Idle
 *
 *  Waiting ── timedOut: failed ──► Idle               Waiting, Refused, Receiving ── lost: failed ──► Idle
 *  Waiting, Delivering ── abandoned ──► Idle          Refused, Receiving ── abandoned: closed, so soon lost
 * </pre>
 */
sealed interface ChildConnectionState {

    /** Errors are short. */
    int LARGEST_REFUSAL = 64 << 10;

    /**
     * A request of a client, at the child.
     *
     * @param camel ends the exchange
     */
    record Request(ClientConnection client, NettyCamelState camel) {}

    /** The action after an event. */
    enum Action {
        /** Pass the part on to the client; without it the part is released. */
        RELAY,
        /** Close the client's connection. */
        CUT,
        /** Close the connection to the child. */
        CLOSE,
        /** End the exchange, which went well. */
        COMPLETE,
        /** The exchange is about to end well: keep Camel from ending it with a failure. */
        KEEP
    }

    /**
     * The result of an event.
     *
     * @param failure to end the exchange with, if it is to fail
     */
    record Step(
            ChildConnectionState next,
            Set<Action> actions,
            @Nullable Exception failure) {

        public Step {
            actions = Set.copyOf(actions);
        }

        static Step to(ChildConnectionState next, Action... actions) {
            return new Step(next, Set.of(actions), null);
        }

        static Step failing(Exception failure, Action... others) {
            return new Step(new Idle(), Set.of(others), failure);
        }
    }

    /** The request that is open, if one is. */
    default @Nullable Request request() {
        return null;
    }

    /**
     * A request is on its way to the child.
     *
     * @param timer runs until the head of the response is there
     */
    default Step sent(Request asked, Future<?> timer) {
        return Step.to(this, Action.CLOSE);
    }

    /** A request could not be written, which Camel's producer tells the route. */
    default Step unsent(Request asked) {
        return Step.to(this);
    }

    /** The child takes too long for a request. */
    default Step timedOut(Request asked) {
        return Step.to(this);
    }

    /** The child sends the head of a response. */
    default Step head(int status) {
        return Step.to(this, Action.CLOSE);
    }

    /** The child sends some content of a response. */
    default Step content(HttpContent part) {
        return Step.to(this, Action.CLOSE);
    }

    /** The last part of the response is written to the client, or can never be. */
    default Step relayed() {
        return Step.to(this);
    }

    /** A client does not want the rest. */
    default Step abandoned(ClientConnection client) {
        return Step.to(this);
    }

    /** The connection is closed. */
    default Step lost() {
        return Step.to(this);
    }

    /** In the pool. */
    record Idle() implements ChildConnectionState {

        @Override
        public Step sent(Request asked, Future<?> timer) {
            return Step.to(new Waiting(asked, timer));
        }
    }

    /** A request is sent, and nothing has come. */
    record Waiting(Request request, Future<?> timer) implements ChildConnectionState {

        @Override
        public Step unsent(Request asked) {
            return asked.equals(request) ? Step.to(new Idle()) : Step.to(this);
        }

        @Override
        public Step timedOut(Request asked) {
            return asked.equals(request)
                    ? Step.failing(new ChildUnanswered("the child took too long"), Action.CLOSE)
                    : Step.to(this);
        }

        @Override
        public Step head(int status) {
            if (status == 401 || status == 403 || status == 404 || status == 429 || status >= 500) {
                return Step.to(new Refused(request, status, Unpooled.EMPTY_BUFFER));
            }
            if (status == 416) {
                // Its Content-Length is the blob's, and its body is not.
                return Step.failing(RegistryError.rangeBeyondTheEnd().exception(), Action.CLOSE);
            }
            return Step.to(new Receiving(request), Action.RELAY);
        }

        @Override
        public Step abandoned(ClientConnection client) {
            return client == request.client() ? Step.failing(new TransferCut(), Action.CLOSE) : Step.to(this);
        }

        @Override
        public Step lost() {
            return Step.failing(new ChildUnanswered("the child went away"));
        }
    }

    /**
     * A response comes that may hide the upstream's answer, so the routes decide on it.
     *
     * @param body as much of it as has come; on the heap, and never changed
     */
    record Refused(Request request, int status, ByteBuf body) implements ChildConnectionState {

        @Override
        public Step content(HttpContent part) {
            ByteBuf longer =
                    body.readableBytes() < LARGEST_REFUSAL ? Unpooled.copiedBuffer(body, part.content()) : body;
            return part instanceof LastHttpContent
                    ? Step.failing(new ChildRefusal(status, ByteBufUtil.getBytes(longer)))
                    : Step.to(new Refused(request, status, longer));
        }

        @Override
        public Step abandoned(ClientConnection client) {
            return client == request.client() ? Step.to(this, Action.CLOSE) : Step.to(this);
        }

        @Override
        public Step lost() {
            return Step.failing(new ChildUnanswered("the child went away"));
        }
    }

    /** The head of the response is on its way to the client, but not the end. */
    record Receiving(Request request) implements ChildConnectionState {

        @Override
        public Step content(HttpContent part) {
            return Step.to(part instanceof LastHttpContent ? new Delivering(request) : this, Action.RELAY);
        }

        @Override
        public Step abandoned(ClientConnection client) {
            return client == request.client() ? Step.to(this, Action.CLOSE) : Step.to(this);
        }

        @Override
        public Step lost() {
            return Step.failing(new TransferCut(), Action.CUT);
        }
    }

    /** The response has come to its end, and is on its way out to the client. */
    record Delivering(Request request) implements ChildConnectionState {

        @Override
        public Step relayed() {
            return Step.to(new Idle(), Action.COMPLETE);
        }

        @Override
        public Step abandoned(ClientConnection client) {
            return client == request.client() ? Step.to(new Idle(), Action.CLOSE, Action.COMPLETE) : Step.to(this);
        }

        @Override
        public Step lost() {
            return Step.to(this, Action.KEEP);
        }
    }
}
