package io.registrycache.relay;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.registrycache.request.ChildRefusal;
import io.registrycache.request.RegistryError;
import io.registrycache.request.RegistryRequest;
import io.registrycache.upstream.Answer;
import io.registrycache.upstream.Answers;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers a request that the child refused with the upstream's answer: children turn many errors into 404 and the rest
 * into 500. A manifest that the upstream sent and the child could not store is answered all the same.
 */
public final class ChildRefused implements Processor {

    private static final Logger LOG = LoggerFactory.getLogger(ChildRefused.class);
    private static final Duration REMINDER = Duration.ofMinutes(10);

    private final Map<String, Answers> answers;
    /** Upstreams of whose storage was warned lately. */
    private final Cache<String, String> warned = Caffeine.newBuilder()
            .maximumSize(1000)
            .expireAfterWrite(REMINDER)
            .executor(Runnable::run)
            .build();

    /** For all upstreams at once, by their names. */
    public ChildRefused(Map<String, Answers> answers) {
        this.answers = answers;
    }

    @Override
    public void process(Exchange exchange) {
        ChildRefusal refusal = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, ChildRefusal.class);
        RegistryRequest request = PullRequest.of(exchange).request();
        String upstream = request.upstream().name();
        Message message = exchange.getMessage();
        Optional<Answer> said = said(requireNonNull(answers.get(upstream)), request);
        if (said.isPresent() && said.get() instanceof Answer.Refused refused) {
            ErrorAnswer.write(refused.error(), message);
        } else if (said.isPresent()
                && said.get() instanceof Answer.Found found
                && found.body().isPresent()) {
            UpstreamSaid.write(found, message);
        } else if (refusal.isOfStorage()) {
            refusal.storageFailure().ifPresent(why -> warn(upstream, why));
            ErrorAnswer.write(RegistryError.storageDown(upstream), message);
        } else {
            message.setHeader(Exchange.HTTP_RESPONSE_CODE, refusal.status());
            message.setBody(refusal.body());
        }
    }

    private void warn(String upstream, String why) {
        if (warned.asMap().putIfAbsent(upstream, why) == null) {
            LOG.warn("upstream={} storage=failing why=\"{}\"", upstream, why);
        }
    }

    /** The upstream's answer of a moment ago; of a tag perhaps only its digest, and the content by that. */
    private static Optional<Answer> said(Answers upstream, RegistryRequest request) {
        Optional<Answer> said = upstream.remembered(request.upstreamTarget());
        if (said.isPresent()
                && said.get() instanceof Answer.Found found
                && found.body().isEmpty()) {
            return request.isForTag() && !found.digest().isEmpty()
                    ? upstream.remembered(request.withReference(found.digest()).upstreamTarget())
                    : said;
        }
        return said;
    }
}
