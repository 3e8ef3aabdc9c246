package io.registrycache.request;

import io.registrycache.config.Upstream;
import io.registrycache.config.Upstreams;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of which upstream.
 *
 * @param upstream whom it is asked of; the default where the request names nobody
 * @param typedPrefix what the client wrote in front of {@code /v2}, with its slash, or nothing
 * @param typedName the repository's name as the client wrote it, which answers must carry again
 * @param repository the repository's name as the upstream knows it
 * @param reference a tag or a digest, or nothing
 * @param query the parameters that count ({@code n}, {@code last}, {@code ns}), decoded
 * @param caches that the request came through, as in {@code CDN-Loop}, or nothing
 */
public record RegistryRequest(
        Operation operation,
        Upstream upstream,
        String typedPrefix,
        String typedName,
        String repository,
        String reference,
        Map<String, String> query,
        String caches) {

    /** The kinds of manifest that there are. */
    public static final List<String> MANIFESTS = List.of(
            "application/vnd.oci.image.index.v1+json",
            "application/vnd.oci.image.manifest.v1+json",
            "application/vnd.docker.distribution.manifest.list.v2+json",
            "application/vnd.docker.distribution.manifest.v2+json");

    /** All of them for {@code Accept}: those not named are left out, or converted. */
    public static final String ALL_MANIFESTS = String.join(", ", MANIFESTS);

    public RegistryRequest {
        query = Map.copyOf(query);
    }

    /**
     * Reads a request line.
     *
     * @param target the request target as it came, percent-encoded
     * @throws RegistryException with the answer, when it is no request that a registry serves
     */
    public static RegistryRequest of(String method, String target, Upstreams upstreams) throws RegistryException {
        if (!method.equals("GET") && !method.equals("HEAD")) {
            throw RegistryError.readOnly(method.length() > 16 ? "this method" : method)
                    .exception();
        }
        int mark = target.indexOf('?');
        ParsedPath path = ParsedPath.of(decoded(mark < 0 ? target : target.substring(0, mark), "path"));
        Map<String, String> query = mark < 0 ? Map.of() : query(target.substring(mark + 1));
        Upstream named = named(path.prefix(), query.get("ns"), upstreams);
        if (path.name().isEmpty()) {
            return new RegistryRequest(path.operation(), upstreams.byDefault(), "", "", "", "", query, "");
        }
        int slash = path.name().indexOf('/');
        String first = slash < 0 ? path.name() : path.name().substring(0, slash);
        Optional<Upstream> prefixed = upstreams.find(first);
        if (named == null && prefixed.isEmpty() && looksLikeHost(first)) {
            throw RegistryError.unknownUpstream(first, upstreams.names()).exception();
        }
        Upstream upstream = named != null ? named : prefixed.orElse(upstreams.byDefault());
        // A client that sends ns as well as the prefix means the same thing twice.
        String repository = prefixed.filter(upstream::equals).isPresent()
                ? path.name().substring(first.length())
                : "/" + path.name();
        return new RegistryRequest(
                path.operation(),
                upstream,
                path.prefix().isEmpty() ? "" : "/" + path.prefix(),
                path.name(),
                repository(upstream, repository),
                path.reference(),
                query,
                "");
    }

    /**
     * Reads a request line of a child, which knows the names that its upstream knows.
     *
     * @throws RegistryException as above
     */
    public static RegistryRequest ofUpstream(String method, String target, Upstream upstream) throws RegistryException {
        if (!method.equals("GET") && !method.equals("HEAD")) {
            throw RegistryError.readOnly("this method").exception();
        }
        int mark = target.indexOf('?');
        ParsedPath path = ParsedPath.of(decoded(mark < 0 ? target : target.substring(0, mark), "path"));
        return new RegistryRequest(
                path.operation(), upstream, "", path.name(), path.name(), path.reference(), Map.of(), "");
    }

    /** Whether it asks what a tag means, which can change at any time. */
    public boolean isForTag() {
        return operation == Operation.MANIFEST && reference.indexOf(':') < 0;
    }

    /** The same, of another tag or digest. */
    public RegistryRequest withReference(String other) {
        return new RegistryRequest(operation, upstream, typedPrefix, typedName, repository, other, query, caches);
    }

    /** The same, through other caches. */
    public RegistryRequest through(String passed) {
        return new RegistryRequest(operation, upstream, typedPrefix, typedName, repository, reference, query, passed);
    }

    /** The request target to send to a registry that knows the upstream's own names. */
    public String upstreamTarget() {
        String tail = switch (operation) {
            case MANIFEST -> "/manifests/" + reference;
            case BLOB -> "/blobs/" + reference;
            // All of them: a child that pages by itself would lose those of an upstream with another order.
            case TAGS -> "/tags/list";
            case PING, CATALOG -> throw new IllegalStateException(operation + " is of no repository");
        };
        return "/v2/" + repository + tail;
    }

    /** The path of the repository as the client wrote it; for what leads it on. */
    public String typedPath() {
        return typedPrefix + "/v2/" + typedName;
    }

    /** Which part of a list is asked for. */
    public Page page() {
        return Page.of(query);
    }

    private static @Nullable Upstream named(String prefix, @Nullable String ns, Upstreams upstreams)
            throws RegistryException {
        String name = ns != null ? ns : prefix;
        if (name.isEmpty()) {
            return null;
        }
        return upstreams
                .find(name)
                .orElseThrow(() -> RegistryError.unknownUpstream(shortened(name), upstreams.names())
                        .exception());
    }

    private static String repository(Upstream upstream, String path) throws RegistryException {
        if (path.isEmpty()) {
            throw RegistryError.invalidName("the name is that of an upstream registry; an image's name must follow it")
                    .exception();
        }
        String name = path.substring(1);
        return upstream.isDockerHub() && name.indexOf('/') < 0 ? "library/" + name : name;
    }

    private static boolean looksLikeHost(String segment) {
        return segment.indexOf('.') >= 0 || segment.equals("localhost");
    }

    private static Map<String, String> query(String text) throws RegistryException {
        Map<String, String> query = new HashMap<>();
        for (String parameter : text.split("&")) {
            int equals = parameter.indexOf('=');
            if (equals > 0) {
                String key = parameter.substring(0, equals);
                if (key.equals("n") || key.equals("last") || key.equals("ns")) {
                    query.put(key, decoded(parameter.substring(equals + 1), "query"));
                }
            }
        }
        if (!query.getOrDefault("n", "0").matches("[0-9]{1,9}")) {
            throw RegistryError.invalidPage().exception();
        }
        return query;
    }

    private static String decoded(String text, String what) throws RegistryException {
        if (text.indexOf('%') < 0) {
            return text;
        }
        try {
            // The decoder's only difference from percent-encoding is the plus sign.
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw RegistryError.badRequest("the " + what + " is no valid percent-encoding")
                    .exception();
        }
    }

    private static String shortened(String text) {
        return text.length() > 80 ? text.substring(0, 80) + "…" : text;
    }
}
