package io.registrycache.upstream;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a registry asks for credentials; RFC 9110, 11.6.1.
 *
 * @param scheme {@code basic}, {@code bearer}, or another, lower case
 * @param parameters such as {@code realm} and {@code service}
 */
record Challenge(String scheme, Map<String, String> parameters) {

    private static final Pattern PARAMETER = Pattern.compile("([a-zA-Z]+)=\"([^\"]*)\"");

    Challenge {
        parameters = Map.copyOf(parameters);
    }

    static Challenge of(String header) {
        int space = header.indexOf(' ');
        String scheme = space < 0 ? header : header.substring(0, space);
        Map<String, String> parameters = new HashMap<>();
        Matcher matcher = PARAMETER.matcher(header);
        while (matcher.find()) {
            parameters.put(matcher.group(1).toLowerCase(Locale.ROOT), matcher.group(2));
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
