package io.registrycache.relay;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.registrycache.config.Upstream;
import io.registrycache.request.RegistryError;
import io.registrycache.request.RegistryException;
import io.registrycache.request.RegistryRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Reads which child asks, and its request: the user of its Basic authentication is its upstream, and the password is
 * the secret of its launch, so that no other program of this machine may use the upstream's credentials.
 */
public final class DoorReader implements Processor {

    private static final String BASIC = "Basic ";

    /**
     * A child as the back door knows it.
     *
     * @param secrets of the one that runs, and of those that it replaced
     */
    public record Child(Supplier<Upstream> upstream, Supplier<Collection<String>> secrets) {}

    private final Map<String, Child> children;
    private final PassedCaches passed;

    /**
     * For all children that there are at any time, by their upstreams' names.
     *
     * @param passed knows the caches that the clients' requests came through
     */
    public DoorReader(Map<String, Child> children, PassedCaches passed) {
        this.children = children;
        this.passed = passed;
    }

    @Override
    public void process(Exchange exchange) throws RegistryException {
        PullRequest pull = PullRequest.of(exchange);
        Upstream upstream = child(pull.asked().headers().get(HttpHeaderNames.AUTHORIZATION, ""))
                .orElseThrow(() -> RegistryError.notOurChild().exception())
                .upstream()
                .get();
        RegistryRequest request = RegistryRequest.ofUpstream(pull.askedMethod(), pull.askedTarget(), upstream);
        pull.understood(passed.through(request), exchange);
    }

    private Optional<Child> child(String authorization) {
        if (!authorization.startsWith(BASIC)) {
            return Optional.empty();
        }
        try {
            byte[] shown = Base64.getDecoder().decode(authorization.substring(BASIC.length()));
            String both = new String(shown, StandardCharsets.UTF_8);
            String name = both.substring(0, Math.max(0, both.indexOf(':')));
            return Optional.ofNullable(children.get(name))
                    .filter(child -> child.secrets().get().stream()
                            .anyMatch(secret -> MessageDigest.isEqual(
                                    shown, (name + ":" + secret).getBytes(StandardCharsets.UTF_8))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
