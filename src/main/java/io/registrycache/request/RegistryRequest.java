package io.registrycache.request;

import io.registrycache.config.Upstream;
import io.registrycache.config.Upstreams;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A request, and the upstream that it is for.
 *
 * @param upstream the upstream; the default one where the request does not name one
 * @param typedPrefix the path in front of {@code /v2}, with its slash, or nothing
 * @param typedName the repository's name as the client wrote it, which answers must carry again
 * @param repository the repository's name as the upstream knows it
 * @param reference a tag or a digest, or nothing
 * @param query the parameters that count, decoded: {@code n}, {@code last} and {@code ns}; of tags and referrers all
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

    private static final String ARTIFACT_TYPE = "artifactType";
    /** Of a repository, by its upstream. */
    private static final int LONGEST_NAME = 255;

    public RegistryRequest {
        query = Map.copyOf(query);
    }

    /**
     * Reads a request line.
     *
     * @param target the request target as it came, percent-encoded
     * @throws RegistryException with the answer, when it is not a request that a registry serves
     */
    public static RegistryRequest of(String method, String target, Upstreams upstreams) throws RegistryException {
        if (!method.equals("GET") && !method.equals("HEAD")) {
            if (method.equals("OPTIONS")) {
                return ofNothing(Operation.OPTIONS, upstreams, Map.of());
            }
            throw RegistryError.readOnly(method.length() > 16 ? "this method" : method)
                    .exception();
        }
        RequestTarget asked = RequestTarget.of(target);
        ParsedPath path = ParsedPath.of(asked.path());
        Map<String, String> query = asked.parameters(path.operation());
        Upstream named = named(path.prefix(), query.get("ns"), upstreams);
        if (path.name().isEmpty()) {
            return ofNothing(path.operation(), upstreams, query);
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

    private static RegistryRequest ofNothing(Operation operation, Upstreams upstreams, Map<String, String> query) {
        return new RegistryRequest(operation, upstreams.byDefault(), "", "", "", "", query, "");
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
        ParsedPath path = ParsedPath.of(RequestTarget.of(target).path());
        return new RegistryRequest(
                path.operation(), upstream, "", path.name(), path.name(), path.reference(), Map.of(), "");
    }

    /** Whether it is for the manifest of a tag, which can change at any time. */
    public boolean isForTag() {
        return operation == Operation.MANIFEST && reference.indexOf(':') < 0;
    }

    /** Whether it names content by its digest. */
    public boolean isForContent() {
        return operation != Operation.REFERRERS && Digest.isDigest(reference);
    }

    /** The same, of another tag or digest. */
    public RegistryRequest withReference(String other) {
        return new RegistryRequest(operation, upstream, typedPrefix, typedName, repository, other, query, caches);
    }

    /** Asks the same repository for a manifest. */
    public RegistryRequest forManifest(String other) {
        return new RegistryRequest(
                Operation.MANIFEST, upstream, typedPrefix, typedName, repository, other, Map.of(), caches);
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
            case TAGS -> "/tags/list" + suffix();
            case REFERRERS -> "/referrers/" + reference + suffix();
            case PING, CATALOG, HOME, OPTIONS -> throw new IllegalStateException(operation + " is of no repository");
        };
        return "/v2/" + repository + tail;
    }

    /** The path of the repository as the client wrote it, for links. */
    public String typedPath() {
        return typedPrefix + "/v2/" + typedName;
    }

    /** Whether it asks for the first page of all referrers. */
    public boolean isForAllReferrers() {
        return suffix().isEmpty();
    }

    /** The same of all referrers, if it asks for the first page of those of one type. */
    public Optional<RegistryRequest> ofAllReferrers() {
        Map<String, String> others = new TreeMap<>(query);
        others.remove(ARTIFACT_TYPE);
        RegistryRequest all =
                new RegistryRequest(operation, upstream, typedPrefix, typedName, repository, reference, others, caches);
        return Optional.of(all).filter(RegistryRequest::isForAllReferrers);
    }

    /** Of referrers, those that are asked for, or nothing for all. */
    public String artifactType() {
        return query.getOrDefault(ARTIFACT_TYPE, "");
    }

    /** Whether only the upstream knows which page of a list is meant. */
    public boolean isForOpaquePage() {
        return !RequestTarget.OF_LISTS.containsAll(query.keySet());
    }

    /** As a query, in one order whatever the client's. */
    private String suffix() {
        Map<String, String> ordered = new TreeMap<>(query);
        ordered.remove("ns");
        String text = encoded(ordered);
        return text.isEmpty() ? "" : "?" + text;
    }

    private static String encoded(Map<String, String> parameters) {
        return parameters.entrySet().stream()
                .filter(it -> !it.getValue().isEmpty())
                .map(it -> encoded(it.getKey()) + "=" + encoded(it.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
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
        if (name.length() > LONGEST_NAME) {
            throw RegistryError.invalidName("the repository's name is longer than " + LONGEST_NAME)
                    .exception();
        }
        return upstream.isDockerHub() && name.indexOf('/') < 0 ? "library/" + name : name;
    }

    private static boolean looksLikeHost(String segment) {
        return segment.indexOf('.') >= 0 || segment.equals("localhost");
    }

    private static String shortened(String text) {
        return text.length() > 80 ? text.substring(0, 80) + "…" : text;
    }
}
