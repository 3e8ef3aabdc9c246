package io.registrycache.upstream;

import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.registrycache.request.Operation;
import io.registrycache.request.RegistryError;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Turns an upstream's refusal into ours: the same status, our words, and no address of the upstream's storage. */
final class UpstreamErrors {

    private static final int LONGEST_DATE = 40;
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,6}");
    private static final Pattern RATE_LIMIT = Pattern.compile("[A-Za-z0-9=;, \"-]{1,120}");

    /** So do registries answer that do not know the path. */
    private static final Set<Integer> LACKS_REFERRERS = Set.of(400, 404, 405, 501);

    private UpstreamErrors() {}

    static RegistryError of(String upstream, Operation operation, int status, HttpHeaders headers) {
        if (operation == Operation.REFERRERS && LACKS_REFERRERS.contains(status)) {
            return RegistryError.noReferrers();
        }
        return switch (status) {
            case 400 -> new RegistryError(400, "UNSUPPORTED", named(upstream, "calls the request malformed"));
            case 401, 403 -> denied(upstream, status);
            case 404 -> unknown(operation, status);
            case 410 -> unknown(operation, status);
            case 429 ->
                new RegistryError(
                        429, "TOOMANYREQUESTS", named(upstream, "limits the rate of requests"), limits(headers, "60"));
            case 451 -> new RegistryError(451, "DENIED", named(upstream, "withholds this for legal reasons"));
            case 508 ->
                new RegistryError(
                        508, "UNSUPPORTED", named(upstream, "leads back to a cache that the request came through"));
            default ->
                status >= 500
                        ? new RegistryError(
                                status,
                                "UNAVAILABLE",
                                named(upstream, "fails with status " + status) + ", and this is not cached",
                                limits(headers, "10"))
                        : RegistryError.malformed(upstream, "answers with status " + status);
        };
    }

    static RegistryError denied(String upstream, int status) {
        return new RegistryError(
                status,
                status == 401 ? "UNAUTHORIZED" : "DENIED",
                named(upstream, "denies access; does the image exist, and does the cache have credentials for it")
                        + " (REGISTRY_PROXY_USERNAME, REGISTRY_PROXY_PASSWORD)?");
    }

    private static RegistryError unknown(Operation operation, int status) {
        return switch (operation) {
            case MANIFEST -> new RegistryError(status, "MANIFEST_UNKNOWN", "manifest unknown");
            case BLOB -> new RegistryError(status, "BLOB_UNKNOWN", "blob unknown to registry");
            default -> new RegistryError(status, "NAME_UNKNOWN", "repository name not known to registry");
        };
    }

    /** The headers that tell a client about a limit; an upstream's value only if it is well-formed. */
    static Map<String, String> limits(HttpHeaders headers, String retryAfter) {
        Map<String, String> limits = new HashMap<>();
        limits.put(
                "Retry-After",
                pause(headers.get(HttpHeaderNames.RETRY_AFTER, "")).orElse(retryAfter));
        for (String name : new String[] {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"}) {
            String value = headers.get(name, "");
            if (RATE_LIMIT.matcher(value).matches()) {
                limits.put(name, value);
            }
        }
        return limits;
    }

    /** Seconds, or an HTTP date. */
    private static Optional<String> pause(String given) {
        if (SECONDS.matcher(given).matches()) {
            return Optional.of(given);
        }
        return given.length() > LONGEST_DATE
                ? Optional.empty()
                : Optional.ofNullable(DateFormatter.parseHttpDate(given)).map(DateFormatter::format);
    }

    private static String named(String upstream, String what) {
        return "the upstream registry " + upstream + " " + what;
    }
}
