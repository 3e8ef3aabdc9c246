package io.registrycache.relay;

import static java.util.Objects.requireNonNull;

import io.registrycache.request.Operation;
import io.registrycache.request.RegistryError;
import io.registrycache.request.RegistryRequest;
import io.registrycache.upstream.Answer;
import io.registrycache.upstream.Answers;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * Answers a child's question about a manifest, with the upstream's answer of a moment ago or of now, and refuses lists.
 */
public final class DoorAnswer extends AsyncProcessorSupport {

    private final Map<String, Answers> answers;
    private final Executor executor;

    /**
     * For all upstreams at once, by their names.
     *
     * @param executor where exchanges go on that had to wait
     */
    public DoorAnswer(Map<String, Answers> answers, Executor executor) {
        this.answers = answers;
        this.executor = executor;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        PullRequest pull = PullRequest.of(exchange);
        answer(pull.request(), pull)
                .whenCompleteAsync(
                        (answer, failure) -> {
                            if (answer instanceof Answer.Found found) {
                                UpstreamSaid.write(found, exchange.getMessage());
                            } else if (answer instanceof Answer.Refused refused) {
                                exchange.setException(refused.error().exception());
                            } else {
                                exchange.setException(failure);
                            }
                            callback.done(false);
                        },
                        executor);
        return false;
    }

    private CompletableFuture<Answer> answer(RegistryRequest request, PullRequest pull) {
        Answers upstream = requireNonNull(answers.get(request.upstream().name()));
        if (request.operation() == Operation.TAGS) {
            // Then it lists those that it stores, which is all that it is asked for.
            String name = request.upstream().name();
            return CompletableFuture.completedFuture(
                    new Answer.Refused(RegistryError.upstreamDown(name, "is not asked for tags by its child")));
        }
        Optional<Answer> known = upstream.remembered(request.upstreamTarget());
        boolean isHead = pull.isHead();
        if (known.isPresent()
                && (isHead
                        || !(known.get() instanceof Answer.Found found)
                        || found.body().isPresent())) {
            return CompletableFuture.completedFuture(known.get());
        }
        if (isHead) {
            return upstream.head(request);
        }
        // By the digest that the head named, for the tag may move in between.
        RegistryRequest meant = known.map(Answer.Found.class::cast)
                .filter(found -> !found.digest().isEmpty())
                .map(found -> request.withReference(found.digest()))
                .orElse(request);
        return upstream.get(meant, meant.upstreamTarget());
    }
}
