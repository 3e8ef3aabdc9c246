package io.registrycache.upstream;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a registry asks for credentials; RFC 9110, 11.6.1.
 *
 * @param scheme {@code basic}, {@code bearer}, or another, lower case
 * @param parameters such as {@code realm} and {@code service}
 */
record Challenge(String scheme, Map<String, String> parameters) {

    Challenge {
        parameters = Map.copyOf(parameters);
    }

    /** The challenge that can be met, of those in all {@code WWW-Authenticate} headers; a token is preferred. */
    static Optional<Challenge> best(List<String> headers) {
        Optional<Challenge> basic = Optional.empty();
        for (String header : headers) {
            for (Challenge each : new ChallengeReader(header).all()) {
                if (each.isBearer()) {
                    return Optional.of(each);
                }
                basic = each.isBasic() ? Optional.of(each) : basic;
            }
        }
        return basic;
    }

    boolean isBasic() {
        return scheme.equals("basic");
    }

    boolean isBearer() {
        return scheme.equals("bearer") && parameters.containsKey("realm");
    }
}
