package io.registrycache.upstream;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a registry asks for credentials; RFC 9110, 11.6.1.
 *
 * @param scheme {@code basic}, {@code bearer}, or another, lower case
 * @param parameters such as {@code realm} and {@code service}
 */
record Challenge(String scheme, Map<String, String> parameters) {

    private static final Pattern SCHEME =
            Pattern.compile("(?:^|,)\\s*([A-Za-z0-9-]+)(?=\\s+[A-Za-z0-9_-]+\\s*=|\\s*$)");
    private static final Pattern PARAMETER =
            Pattern.compile("([A-Za-z0-9_-]+)\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^\\s,\"]+))");

    Challenge {
        parameters = Map.copyOf(parameters);
    }

    /** The challenge that can be met, of those in all {@code WWW-Authenticate} headers; a token is preferred. */
    static Optional<Challenge> best(List<String> headers) {
        Optional<Challenge> basic = Optional.empty();
        for (String header : headers) {
            for (Challenge each : all(header)) {
                if (each.isBearer()) {
                    return Optional.of(each);
                }
                basic = each.isBasic() ? Optional.of(each) : basic;
            }
        }
        return basic;
    }

    /** One header may hold several challenges. */
    static List<Challenge> all(String header) {
        // Quoted strings may contain what looks like a scheme, so they are hidden while schemes are looked for.
        Matcher schemes = SCHEME.matcher(hidden(header));
        List<Challenge> found = new ArrayList<>();
        int from = -1;
        String scheme = "";
        while (schemes.find()) {
            if (from >= 0) {
                found.add(of(scheme, header.substring(from, schemes.start())));
            }
            scheme = schemes.group(1);
            from = schemes.end(1);
        }
        if (from >= 0) {
            found.add(of(scheme, header.substring(from)));
        }
        return found;
    }

    private static String hidden(String header) {
        StringBuilder hidden = new StringBuilder(header);
        boolean quoted = false;
        for (int at = 0; at < header.length(); at++) {
            char c = header.charAt(at);
            if (c == '"') {
                quoted = !quoted;
            } else if (quoted) {
                hidden.setCharAt(at, '_');
                if (c == '\\' && at + 1 < header.length()) {
                    at++;
                    hidden.setCharAt(at, '_');
                }
            }
        }
        return hidden.toString();
    }

    private static Challenge of(String scheme, String text) {
        Map<String, String> parameters = new HashMap<>();
        Matcher matcher = PARAMETER.matcher(text);
        while (matcher.find()) {
            String value = matcher.group(2) == null
                    ? matcher.group(3)
                    : matcher.group(2).replaceAll("\\\\(.)", "$1");
            parameters.putIfAbsent(matcher.group(1).toLowerCase(Locale.ROOT), value);
        }
        return new Challenge(scheme.toLowerCase(Locale.ROOT), parameters);
    }

    boolean isBasic() {
        return scheme.equals("basic");
    }

    boolean isBearer() {
        return scheme.equals("bearer") && parameters.containsKey("realm");
    }
}
