package io.registrycache.referrers;

import static java.util.Objects.requireNonNull;

import io.registrycache.referrers.ReferrersAnswer.Page;
import io.registrycache.referrers.ReferrersAnswer.Refused;
import io.registrycache.request.ManifestType;
import io.registrycache.request.NextPage;
import io.registrycache.request.Pull;
import io.registrycache.request.RegistryError;
import io.registrycache.request.RegistryRequest;
import java.util.Map;
import java.util.concurrent.Executor;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.AsyncProcessorSupport;

/** Answers a request for the referrers of a manifest. */
public final class FindReferrers extends AsyncProcessorSupport {

    private final Map<String, Referrers> referrers;
    private final Executor executor;

    /**
     * For all upstreams at once, by their names.
     *
     * @param executor where exchanges go on that had to wait
     */
    public FindReferrers(Map<String, Referrers> referrers, Executor executor) {
        this.referrers = referrers;
        this.executor = executor;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        RegistryRequest request =
                exchange.getVariable(Pull.VARIABLE, Pull.class).request();
        requireNonNull(referrers.get(request.upstream().name()))
                .of(request)
                .whenCompleteAsync(
                        (answer, failure) -> {
                            if (answer instanceof Page page) {
                                write(page, request, exchange.getMessage());
                            } else {
                                RegistryError error = answer instanceof Refused refused
                                        ? refused.error()
                                        : RegistryError.unexpected();
                                exchange.setException(error.exception());
                            }
                            callback.done(false);
                        },
                        executor);
        return false;
    }

    private static void write(Page page, RegistryRequest request, Message message) {
        message.setHeader("Content-Type", ManifestType.INDEX);
        if (!request.artifactType().isEmpty()) {
            message.setHeader("OCI-Filters-Applied", "artifactType");
        }
        if (!page.next().isEmpty()) {
            message.setHeader("Link", NextPage.link(request, page.next()));
        }
        message.setBody(page.index());
    }
}
