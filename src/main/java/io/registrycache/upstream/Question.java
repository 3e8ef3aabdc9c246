package io.registrycache.upstream;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.registrycache.config.Authority;
import io.registrycache.request.Digest;
import io.registrycache.request.Operation;
import io.registrycache.request.RegistryError;
import io.registrycache.request.RegistryException;
import io.registrycache.request.RegistryRequest;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A request to an upstream until its final answer: with the token that the upstream asks for, and through its
 * redirects. The steps stand in {@code routes/ask-upstream.camel.yaml}.
 *
 * <pre>
 * ToAsk ── authorize ── ask ──► final answer ──────► Over
 *   ▲                    │ ──► refused, or failed ──► Over
 *   └── 401, redirect ◄──┘
 * </pre>
 */
public final class Question {

    private static final int MOST_REDIRECTS = 5;
    private static final int LARGEST_DISCARDED = 64 << 10;

    private sealed interface State {}

    /**
     * The next request is known.
     *
     * @param renewed whether a 401 was answered with other credentials
     */
    private record ToAsk(URI url, String authorization, boolean renewed, int redirects) implements State {}

    private record Over() implements State {}

    private final UpstreamAccess access;
    private final RegistryRequest request;
    private final HttpMethod method;
    private final HttpHeaders headers;
    private final Receiver receiver;
    private volatile State state;
    private volatile Transport.@Nullable Call call;
    private volatile boolean hasHead;
    private volatile Duration patience = Duration.ofDays(1);
    private volatile long deadline = System.nanoTime() + patience.toNanos();
    /** Whether it is asked without a token because the token service fails. */
    private volatile boolean lacksToken;
    /** Why no further request is sent; null while there may be one. */
    private volatile @Nullable Exception canceled;

    /**
     * A question that is not asked yet.
     *
     * @param target path and query, as the upstream knows them
     * @param headers {@code Accept} or {@code Range}
     * @param receiver gets the final answer
     */
    public Question(
            UpstreamAccess access,
            RegistryRequest request,
            String target,
            HttpMethod method,
            HttpHeaders headers,
            Receiver receiver) {
        this.access = access;
        this.request = request;
        this.method = method;
        this.headers = headers;
        this.receiver = receiver;
        this.state = new ToAsk(URI.create(access.upstream().url() + target), "", false, 0);
    }

    /** Whether there is another request to send. */
    public boolean isOpen() {
        return state instanceof ToAsk;
    }

    /** Abandons the answer. */
    public void cancel() {
        cancel(new UpstreamFailure("was not waited for"));
    }

    /**
     * Lets it expire that long from now; what is not short may wait for a connection before, and take its time after
     * the head.
     */
    void begin(Duration time) {
        patience = time;
        deadline = System.nanoTime() + time.toNanos();
    }

    /** Nanoseconds until it expires. */
    long left() {
        Transport.Call open = call;
        return receiver.isShort() || open == null ? deadline - System.nanoTime() : patience.toNanos() - open.age();
    }

    /** Whether the next request waits for others to end. */
    public boolean isWaiting() {
        Transport.Call open = call;
        return open != null && open.age() == 0;
    }

    /** Abandons the question, if it has no answer yet. */
    void expire() {
        if (hasHead && !receiver.isShort()) {
            return;
        }
        String why = "did not answer within " + patience.toSeconds() + " s";
        if (!hasHead && !isWaiting()) {
            access.monitor().failed(why);
        }
        cancel(new UpstreamFailure(why));
    }

    private void cancel(Exception why) {
        canceled = why;
        Transport.Call open = call;
        if (open != null) {
            open.cancel();
        }
    }

    /** Stops reading the answer's body, or continues. */
    public void read(boolean on) {
        Transport.Call open = call;
        if (open != null) {
            open.read(on);
        }
    }

    /** Gets the token for the next request, if the upstream wants one; others get nothing. */
    CompletableFuture<?> authorize() {
        if (!(state instanceof ToAsk next) || !isOwn(next.url())) {
            return CompletableFuture.completedFuture(null);
        }
        return granted().thenAccept(grant -> {
            lacksToken = grant instanceof Tokens.Grant.Missing;
            if (grant instanceof Tokens.Grant.Given given) {
                state = new ToAsk(next.url(), given.authorization(), next.renewed(), next.redirects());
            } else if (grant instanceof Tokens.Grant.Denied denied) {
                fail(denied.error().exception());
            } else if (grant instanceof Tokens.Grant.Missing missing && next.renewed()) {
                access.monitor().failed("cannot be asked: its token service fails");
                fail(missing.error().exception());
            }
            // Without a token the upstream says whether it needs one.
        });
    }

    /** The answer of the token service, or, if it takes too long for this question, a failure. */
    private CompletableFuture<Tokens.Grant> granted() {
        CompletableFuture<Tokens.Grant> grant = access.tokens().grant(request.repository());
        return grant.isDone()
                ? grant
                : grant.copy()
                        .completeOnTimeout(access.tokens().late(), deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    /**
     * Sends the next request.
     *
     * @param done runs when the response is complete, or will never be
     */
    void ask(Runnable done) {
        if (!(state instanceof ToAsk next)) {
            done.run();
            return;
        }
        Exception over = canceled;
        if (over != null) {
            fail(over);
            done.run();
            return;
        }
        HttpHeaders all = new DefaultHttpHeaders().add(headers);
        all.set(HttpHeaderNames.USER_AGENT, "docker-registry-cache");
        all.set(HttpHeaderNames.ACCEPT_ENCODING, "identity");
        if (isOwn(next.url()) && !next.authorization().isEmpty()) {
            all.set(HttpHeaderNames.AUTHORIZATION, next.authorization());
        }
        if (isOwn(next.url())) {
            all.set(CacheLoop.HEADER, CacheLoop.after(request.caches()));
        }
        boolean trusted = Authority.of(next.url())
                .host()
                .equals(Authority.of(access.upstream().url()).host());
        boolean isLayer = request.operation() == Operation.BLOB && !receiver.isShort();
        Transport.Call sent =
                access.transport().send(new Outgoing(next.url(), method, all, trusted, isLayer), new Reply(next, done));
        call = sent;
        if (canceled != null) {
            sent.cancel();
        }
    }

    /** There is not a final answer, or only a part of it. */
    void fail(Exception why) {
        if (!(state instanceof Over)) {
            state = new Over();
            receiver.failed(why);
        }
    }

    /** Whether a URL is on the upstream itself, the only host that gets its token. */
    private boolean isOwn(URI url) {
        return Origin.of(url).equals(Origin.of(access.upstream().url()));
    }

    /** Reads one response, which is the final answer or leads to the next request. */
    private final class Reply implements Receiver {

        private final ToAsk asked;
        private final Runnable done;
        private @Nullable ToAsk next;
        private long discarded;

        Reply(ToAsk asked, Runnable done) {
            this.asked = asked;
            this.done = done;
        }

        @Override
        public void head(HttpResponse head) throws RegistryException {
            int status = head.status().code();
            if (isOwn(asked.url())) {
                access.monitor().answered(status);
                access.rateLimit().seen(head.headers());
            }
            next = next(head, status);
            if (lacksToken && status < 400) {
                access.tokens().lapse();
            }
            if (next == null) {
                hasHead = true;
                receiver.head(head);
            }
        }

        private @Nullable ToAsk next(HttpResponse head, int status) throws RegistryException {
            if (status == 401 && isOwn(asked.url()) && !asked.renewed()) {
                return access.tokens().learn(head.headers(), request.repository(), asked.authorization())
                        ? new ToAsk(asked.url(), "", true, asked.redirects())
                        : null;
            }
            boolean redirects = status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
            return redirects ? redirected(head.headers().get(HttpHeaderNames.LOCATION, "")) : null;
        }

        private ToAsk redirected(String location) throws RegistryException {
            URI target = target(location);
            boolean isHttp = "http".equals(target.getScheme());
            // Without TLS only content that the digest verifies.
            boolean isSafe = "https".equals(target.getScheme())
                    || (isHttp && (asked.url().getScheme().equals("http") || Digest.isDigest(request.reference())));
            if (!isSafe
                    || Authority.find(target)
                            .filter(it -> it.userInfo().isEmpty())
                            .isEmpty()) {
                throw malformed("redirects to where it must not");
            }
            if (asked.redirects() == MOST_REDIRECTS) {
                throw malformed("redirects more than " + MOST_REDIRECTS + " times");
            }
            return new ToAsk(target, "", asked.renewed(), asked.redirects() + 1);
        }

        private URI target(String location) throws RegistryException {
            try {
                return asked.url().resolve(location);
            } catch (IllegalArgumentException e) {
                throw malformed("redirects to something that is not a URL");
            }
        }

        private RegistryException malformed(String why) {
            return RegistryError.malformed(access.upstream().name(), why).exception();
        }

        @Override
        public void body(ByteBuffer[] parts) throws IOException, RegistryException {
            if (next == null) {
                receiver.body(parts);
                return;
            }
            for (ByteBuffer part : parts) {
                discarded += part.remaining();
            }
            if (discarded > LARGEST_DISCARDED) {
                throw new UpstreamFailure("sent a large body with a redirect");
            }
        }

        @Override
        public void end() {
            if (next == null) {
                state = new Over();
                receiver.end();
            } else {
                state = next;
            }
            done.run();
        }

        @Override
        public void failed(Exception why) {
            Exception over = canceled;
            if (over != null) {
                fail(over);
            } else if (next != null) {
                state = next;
            } else {
                if (!hasHead && isOwn(asked.url()) && why instanceof UpstreamFailure) {
                    access.monitor().failed(String.valueOf(why.getMessage()));
                }
                fail(why);
            }
            done.run();
        }
    }
}
