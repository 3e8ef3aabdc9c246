package io.registrycache.relay;

import io.netty.handler.codec.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection, which lets one request at a time into the routes. An event that comes too late, or again, is
 * answered with an action that does no harm.
 *
 * <pre>
 *        received            answers                written
 *  Idle ──────────► Asking ──────────► Answered ──┬──────────► Idle
 *                   │ ▲  │                        │            a request waits ──► Due
 *          attached └─┘  └──► Relaying ───────────┘
 *                   fromChild │ ▲  │
 *                             └─┘  └── cut, answers ──► Closing
 *
 *  Due ── turn ──► Asking     Asking ── refused ──► Closing     Idle ── unused ──► Closing     each ── left ──► Closing
 * </pre>
 */
sealed interface ClientState {

    /** The action after an event. */
    enum Action {
        NOTHING,
        /** Let the request into the routes. */
        ASK,
        /** Keep the request until those before it are answered. */
        QUEUE,
        /** Let the request that has waited longest into the routes. */
        ASK_NEXT,
        /** Write the answer, or the part that the child sent. */
        WRITE,
        /** Release the answer, or the part that the child sent: its request is not open any more. */
        DISCARD,
        /** Close the connection, and abandon the child that works for it. */
        CLOSE
    }

    /** The result of an event. */
    record Step(ClientState next, Action action) {
        private static final Step TO_IDLE = new Step(new Idle(), Action.NOTHING);
        private static final Step TO_DUE = new Step(new Due(), Action.ASK_NEXT);
        private static final Step TO_CLOSING = new Step(new Closing(), Action.CLOSE);
    }

    /** The client sends a request. */
    default Step received(HttpRequest request) {
        return new Step(this, Action.QUEUE);
    }

    /** It is the turn of a request that has waited. */
    default Step turn(HttpRequest request) {
        return new Step(this, Action.NOTHING);
    }

    /** The open request is not let in; the refusal is written. */
    default Step refused() {
        return new Step(this, Action.DISCARD);
    }

    /** A child works for the open request. */
    default Step attached(ChildConnection worker) {
        return new Step(this, Action.DISCARD);
    }

    /** A child has sent some of an answer. */
    default Step fromChild(ChildConnection sender) {
        return new Step(this, Action.DISCARD);
    }

    /** Here is the answer to a request. */
    default Step answers(HttpRequest answered) {
        return new Step(this, Action.DISCARD);
    }

    /**
     * The end of an answer is written, or can never be.
     *
     * @param isLast whether the connection ends with it
     * @param isNextWaiting whether there is another request
     */
    default Step written(boolean isLast, boolean isNextWaiting) {
        return new Step(this, Action.NOTHING);
    }

    /** A child broke off. */
    default Step cut(ChildConnection broken) {
        return new Step(this, Action.NOTHING);
    }

    /** Nothing has come or gone for a while. */
    default Step unused() {
        return new Step(this, Action.NOTHING);
    }

    /** The client is gone, or of no use. */
    default Step left() {
        return Step.TO_CLOSING;
    }

    /** The request that is open, if one is. */
    default @Nullable HttpRequest request() {
        return null;
    }

    /** The child that works for the open request, if one does. */
    default @Nullable ChildConnection child() {
        return null;
    }

    /** The child to read from when there is room. */
    default @Nullable ChildConnection source() {
        return null;
    }

    /** No request is open, and none waits. */
    record Idle() implements ClientState {

        @Override
        public Step received(HttpRequest request) {
            return new Step(new Asking(request, null), Action.ASK);
        }

        @Override
        public Step unused() {
            return Step.TO_CLOSING;
        }
    }

    /** The turn of a request that waits comes at once. */
    record Due() implements ClientState {

        @Override
        public Step turn(HttpRequest request) {
            return new Step(new Asking(request, null), Action.ASK);
        }
    }

    /** A request is in the routes, perhaps at a child, and nothing of its answer is written. */
    record Asking(HttpRequest request, @Nullable ChildConnection child) implements ClientState {

        @Override
        public Step refused() {
            return new Step(new Closing(), Action.WRITE);
        }

        @Override
        public Step attached(ChildConnection worker) {
            return new Step(new Asking(request, worker), Action.NOTHING);
        }

        @Override
        public Step fromChild(ChildConnection sender) {
            return sender == child
                    ? new Step(new Relaying(request, sender), Action.WRITE)
                    : new Step(this, Action.DISCARD);
        }

        @Override
        public Step answers(HttpRequest answered) {
            return answered == request ? new Step(new Answered(request), Action.WRITE) : new Step(this, Action.DISCARD);
        }
    }

    /** The head of an answer is written, and its content comes from a child. */
    record Relaying(HttpRequest request, ChildConnection child) implements ClientState {

        @Override
        public Step fromChild(ChildConnection sender) {
            return new Step(this, sender == child ? Action.WRITE : Action.DISCARD);
        }

        /** Too late: an answer that has begun must not look whole. */
        @Override
        public Step answers(HttpRequest answered) {
            return answered == request ? Step.TO_CLOSING : new Step(this, Action.DISCARD);
        }

        @Override
        public Step written(boolean isLast, boolean isNextWaiting) {
            return afterAnswer(isLast, isNextWaiting);
        }

        @Override
        public Step cut(ChildConnection broken) {
            return broken == child ? Step.TO_CLOSING : new Step(this, Action.NOTHING);
        }

        @Override
        public ChildConnection source() {
            return child;
        }
    }

    /** An answer is written whole, though perhaps not out yet. */
    record Answered(HttpRequest request) implements ClientState {

        @Override
        public Step written(boolean isLast, boolean isNextWaiting) {
            return afterAnswer(isLast, isNextWaiting);
        }
    }

    /** The connection closes; whatever still comes is thrown away. */
    record Closing() implements ClientState {

        @Override
        public Step received(HttpRequest request) {
            return new Step(this, Action.DISCARD);
        }

        @Override
        public Step left() {
            return new Step(this, Action.NOTHING);
        }
    }

    private static Step afterAnswer(boolean isLast, boolean isNextWaiting) {
        if (isLast) {
            return Step.TO_CLOSING;
        }
        return isNextWaiting ? Step.TO_DUE : Step.TO_IDLE;
    }
}
