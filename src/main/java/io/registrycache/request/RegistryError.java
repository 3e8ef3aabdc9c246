package io.registrycache.request;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * An error as registry clients read it: a status and the body of the OCI distribution specification.
 *
 * @param status the HTTP status
 * @param code the specification's error code, such as {@code NAME_UNKNOWN}
 * @param headers response headers beside the body's, such as {@code Retry-After}
 */
public record RegistryError(int status, String code, String message, Map<String, String> headers) {

    /** The methods of a cache for pulling. */
    public static final String METHODS = "GET, HEAD, OPTIONS";

    public RegistryError {
        headers = Map.copyOf(headers);
    }

    public RegistryError(int status, String code, String message) {
        this(status, code, message, Map.of());
    }

    public static RegistryError unknownUpstream(String name, String known) {
        return new RegistryError(
                404, "NAME_UNKNOWN", "no upstream registry is called \"" + name + "\"; there are: " + known);
    }

    public static RegistryError invalidName(String why) {
        return new RegistryError(400, "NAME_INVALID", why);
    }

    public static RegistryError invalidDigest() {
        return new RegistryError(400, "DIGEST_INVALID", "the digest is malformed");
    }

    /** No registry can have it. */
    public static RegistryError malformedTag() {
        return new RegistryError(404, "MANIFEST_UNKNOWN", "the tag is malformed");
    }

    public static RegistryError readOnly(String method) {
        return new RegistryError(
                405,
                "UNSUPPORTED",
                "this is a cache for pulling; " + method + " is not supported",
                Map.of("Allow", METHODS));
    }

    public static RegistryError noSuchEndpoint() {
        return new RegistryError(404, "UNSUPPORTED", "the registry API has no such path here");
    }

    /** The upstream does not have it. */
    public static RegistryError noReferrers() {
        return new RegistryError(404, "UNSUPPORTED", "this registry has no referrers API; use the tag schema");
    }

    public static RegistryError rangeBeyondTheEnd() {
        return new RegistryError(416, "SIZE_INVALID", "the range is malformed, or begins beyond the end");
    }

    /** The same, with the length that there is. */
    public static RegistryError rangeBeyondTheEnd(long length) {
        RegistryError error = rangeBeyondTheEnd();
        return new RegistryError(
                error.status(), error.code(), error.message(), Map.of("Content-Range", "bytes */" + length));
    }

    public static RegistryError invalidPage() {
        return new RegistryError(400, "PAGINATION_NUMBER_INVALID", "n is not a number of entries");
    }

    public static RegistryError badRequest(String why) {
        return new RegistryError(400, "UNSUPPORTED", why);
    }

    public static RegistryError unavailable(String upstream, String why) {
        return new RegistryError(503, "UNAVAILABLE", "the registry for " + upstream + " " + why, retryAfter(5));
    }

    /**
     * The upstream cannot be asked and the content is not cached: not a 404, as the image may exist.
     *
     * @param why such as {@code cannot be reached: connection refused}
     */
    public static RegistryError upstreamDown(String upstream, String why) {
        return new RegistryError(
                503,
                "UNAVAILABLE",
                "the upstream registry " + upstream + " " + why + ", and this is not cached",
                retryAfter(10));
    }

    /**
     * The upstream's answer makes no sense.
     *
     * @param why such as {@code sent a manifest that is not the one of its digest}
     */
    public static RegistryError malformed(String upstream, String why) {
        return new RegistryError(502, "UNAVAILABLE", "the upstream registry " + upstream + " " + why, retryAfter(10));
    }

    /** The upstream is this cache, or leads back to it; RFC 8586. */
    public static RegistryError loop() {
        return new RegistryError(
                508, "UNSUPPORTED", "the request came through this cache before; its CONFIG names itself");
    }

    public static RegistryError notOurChild() {
        return new RegistryError(401, "UNAUTHORIZED", "only the children of this program may ask here");
    }

    public static RegistryError storageDown(String upstream) {
        return new RegistryError(
                503,
                "UNAVAILABLE",
                "the storage of the cache, where it keeps " + upstream + ", does not work",
                retryAfter(10));
    }

    public static RegistryError stopping() {
        return new RegistryError(503, "UNAVAILABLE", "the cache is stopping", retryAfter(5));
    }

    public static RegistryError unexpected() {
        return new RegistryError(500, "UNKNOWN", "unexpected error; the log of the cache says more");
    }

    /** The JSON body. */
    public String json() {
        return "{\"errors\":[{\"code\":\"" + code + "\",\"message\":\""
                + new String(JsonStringEncoder.getInstance().quoteAsUTF8(message), StandardCharsets.UTF_8) + "\"}]}\n";
    }

    private static Map<String, String> retryAfter(int seconds) {
        return Map.of("Retry-After", Integer.toString(seconds));
    }

    public RegistryException exception() {
        return new RegistryException(this);
    }
}
