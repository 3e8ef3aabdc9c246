package io.registrycache.upstream;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.registrycache.config.Upstream;
import io.registrycache.request.Operation;
import io.registrycache.request.RegistryRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Asks one upstream for {@code /v2/}, in the way in which pulls ask it: through its proxy and redirects, and with a
 * token if it wants one. No repository is needed for that.
 */
public final class UpstreamCheck {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String PING = "/v2/";
    private static final int LARGEST_ANSWER = 64 << 10;

    private final Upstream upstream;
    private final Map<String, String> environment;
    private final Transport transport;
    private final ScheduledExecutorService scheduler;
    private final List<Step> steps = new CopyOnWriteArrayList<>();

    /**
     * Asks nothing yet.
     *
     * @param environment of this upstream, with its credentials
     */
    public UpstreamCheck(
            Upstream upstream,
            Map<String, String> environment,
            Transport transport,
            ScheduledExecutorService scheduler) {
        this.upstream = upstream;
        this.environment = Map.copyOf(environment);
        this.transport = transport;
        this.scheduler = scheduler;
    }

    /** Asks, and judges the answers that come within 20 s. */
    public CompletableFuture<Verdict> run() {
        Tokens tokens = new Tokens(upstream, environment, watched(true));
        ReachabilityMonitor monitor = new ReachabilityMonitor(upstream, transport, scheduler);
        UpstreamAccess access =
                new UpstreamAccess(upstream, watched(false), tokens, monitor, new RateLimit(upstream.name()));
        RegistryRequest ping = new RegistryRequest(Operation.PING, upstream, "", "", "", "", Map.of(), "");
        Answer answer = new Answer();
        Question question = new Question(access, ping, PING, HttpMethod.GET, new DefaultHttpHeaders(), answer);
        ask(question);
        Diagnosis diagnosis = new Diagnosis(upstream, environment);
        return answer.over
                .completeOnTimeout(Optional.empty(), PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .thenApply(failure -> diagnosis.of(steps, failure));
    }

    private Transport watched(boolean isForToken) {
        return (request, receiver) -> {
            Step step = new Step(request, isForToken, receiver);
            steps.add(step);
            return transport.send(request, step);
        };
    }

    /** The loop of {@code routes/fetch.camel.yaml}. */
    private static void ask(Question question) {
        if (!question.isOpen()) {
            return;
        }
        question.authorize().whenComplete((done, failure) -> {
            if (failure == null) {
                question.ask(() -> ask(question));
            } else {
                question.fail(new UpstreamFailure(String.valueOf(failure.getMessage())));
            }
        });
    }

    /** Waits for the end of the final answer, whose head is in the last step. */
    private static final class Answer implements Receiver {

        private final CompletableFuture<Optional<Exception>> over = new CompletableFuture<>();
        private int size;

        @Override
        public void head(HttpResponse head) {}

        @Override
        public void body(ByteBuffer[] parts) throws UpstreamFailure {
            for (ByteBuffer part : parts) {
                size += part.remaining();
            }
            if (size > LARGEST_ANSWER) {
                throw new UpstreamFailure("sent a large body where a short answer is expected");
            }
        }

        @Override
        public void end() {
            over.complete(Optional.empty());
        }

        @Override
        public void failed(Exception why) {
            over.complete(Optional.of(why));
        }
    }
}
