package io.registrycache.request;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/**
 * An error as registry clients read it: a status and the body of the OCI distribution specification.
 *
 * @param status the HTTP status
 * @param code the specification's error code, such as {@code NAME_UNKNOWN}
 * @param retryAfter seconds, or 0 for no such header
 */
public record RegistryError(int status, String code, String message, int retryAfter) {

    public static RegistryError unknownUpstream(String name, String known) {
        return new RegistryError(
                404, "NAME_UNKNOWN", "no upstream registry is called \"" + name + "\"; there are: " + known, 0);
    }

    public static RegistryError invalidName(String why) {
        return new RegistryError(400, "NAME_INVALID", why, 0);
    }

    public static RegistryError invalidDigest() {
        return new RegistryError(400, "DIGEST_INVALID", "the digest is malformed", 0);
    }

    public static RegistryError invalidTag() {
        return new RegistryError(400, "TAG_INVALID", "the tag is malformed", 0);
    }

    public static RegistryError readOnly(String method) {
        return new RegistryError(405, "UNSUPPORTED", "this is a cache for pulling; " + method + " is not supported", 0);
    }

    public static RegistryError noSuchEndpoint() {
        return new RegistryError(404, "UNSUPPORTED", "the registry API has no such path here", 0);
    }

    /** Every client that asks for referrers takes a 404 of this form for a registry without, and uses the tag schema. */
    public static RegistryError noReferrers() {
        return new RegistryError(404, "UNSUPPORTED", "this registry has no referrers API; use the tag schema", 0);
    }

    public static RegistryError rangeBeyondTheEnd() {
        return new RegistryError(416, "RANGE_INVALID", "the range is malformed, or begins beyond the end", 0);
    }

    public static RegistryError invalidPage() {
        return new RegistryError(400, "PAGINATION_NUMBER_INVALID", "n is no number of entries", 0);
    }

    public static RegistryError badRequest(String why) {
        return new RegistryError(400, "UNSUPPORTED", why, 0);
    }

    public static RegistryError unavailable(String upstream, String why) {
        return new RegistryError(503, "UNAVAILABLE", "the registry for " + upstream + " " + why, 5);
    }

    /** The upstream is in trouble and what is asked for is not cached: not a 404, for the image is not gone. */
    public static RegistryError upstreamDown(String upstream, String why) {
        return new RegistryError(
                503, "UNAVAILABLE", "the upstream registry " + upstream + " " + why + ", and this is not cached", 10);
    }

    public static RegistryError storageDown(String upstream) {
        return new RegistryError(
                503, "UNAVAILABLE", "the storage of the cache, where it keeps " + upstream + ", does not work", 10);
    }

    public static RegistryError denied(String upstream) {
        return new RegistryError(
                403,
                "DENIED",
                "the upstream registry " + upstream + " denies access; does the image exist, and has the cache"
                        + " credentials for it (REGISTRY_PROXY_USERNAME, REGISTRY_PROXY_PASSWORD)?",
                0);
    }

    public static RegistryError rateLimited(String upstream) {
        return new RegistryError(
                429, "TOOMANYREQUESTS", "the upstream registry " + upstream + " limits the rate of requests", 0);
    }

    public static RegistryError stopping() {
        return new RegistryError(503, "UNAVAILABLE", "the cache is stopping", 5);
    }

    public static RegistryError unexpected() {
        return new RegistryError(500, "UNKNOWN", "unexpected error; the log of the cache says more", 0);
    }

    /** The JSON body. */
    public String json() {
        return "{\"errors\":[{\"code\":\"" + code + "\",\"message\":\""
                + new String(JsonStringEncoder.getInstance().quoteAsUTF8(message), StandardCharsets.UTF_8) + "\"}]}\n";
    }

    /** Makes a message the answer. */
    public void writeTo(Message message) {
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        if (retryAfter > 0) {
            message.setHeader("Retry-After", Integer.toString(retryAfter));
        }
        message.setBody(json());
    }

    public RegistryException exception() {
        return new RegistryException(this);
    }
}
