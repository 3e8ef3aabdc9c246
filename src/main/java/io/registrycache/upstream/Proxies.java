package io.registrycache.upstream;

import io.registrycache.config.Authority;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The proxies that an environment names. Rules: Go's golang.org/x/net/http/httpproxy. */
public final class Proxies {

    private static final Logger LOG = LoggerFactory.getLogger(Proxies.class);

    private final Map<String, String> environment;

    public Proxies(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /** The proxy on the way to a target. */
    public Optional<Proxy> proxy(URI target) {
        String given = variable(target.getScheme() + "_proxy");
        return given.isBlank() || isExempt(target) ? Optional.empty() : parsed(given.strip());
    }

    /** The problems of the variables, a sentence for each with its fix. */
    public List<String> mistakes() {
        return Stream.of("http_proxy", "https_proxy")
                .filter(name -> !variable(name).isBlank()
                        && parsed(variable(name).strip()).isEmpty())
                .map(name -> name + ": is not a URL, and is not used; give one such as http://proxy.example.com:8080")
                .toList();
    }

    private boolean isExempt(URI target) {
        String host = Origin.of(target).host();
        if (host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]")) {
            return true;
        }
        return Stream.of(variable("no_proxy").split(","))
                .map(String::strip)
                .filter(entry -> !entry.isEmpty())
                .anyMatch(entry -> new Exemption(entry.toLowerCase(Locale.ROOT))
                        .covers(host, Origin.of(target).port()));
    }

    private String variable(String lower) {
        String upper = environment.getOrDefault(lower.toUpperCase(Locale.ROOT), "");
        return upper.isEmpty() ? environment.getOrDefault(lower, "") : upper;
    }

    private static Optional<Proxy> parsed(String text) {
        try {
            URI url = URI.create(text.contains("://") ? text : "http://" + text);
            return Authority.find(url).isPresent() ? Optional.of(Proxy.of(url)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            // Its message quotes the text, which may hold a password.
            LOG.debug("a proxy is not a URL");
            return Optional.empty();
        }
    }
}
