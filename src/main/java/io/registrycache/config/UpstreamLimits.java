package io.registrycache.config;

import java.util.Map;

/**
 * How much is asked of one upstream at a time.
 *
 * @param connections at most so many are open; further requests wait for one
 * @param layers at most so many are downloaded; further ones wait
 * @param parts at most so many parts of one large layer are downloaded at a time
 */
public record UpstreamLimits(int connections, int layers, int parts) {

    public static UpstreamLimits of(Map<String, String> environment) {
        return new UpstreamLimits(
                number(environment, "UPSTREAM_CONNECTIONS", 64, 1000),
                number(environment, "UPSTREAM_LAYERS", 16, 1000),
                number(environment, "UPSTREAM_PARTS", 4, 16));
    }

    private static int number(Map<String, String> environment, String name, int byDefault, int most) {
        String text =
                environment.getOrDefault(name, Integer.toString(byDefault)).strip();
        if (text.matches("[0-9]{1,4}")) {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= most) {
                return number;
            }
        }
        throw new ConfigException(name, "\"" + text + "\" is not a number from 1 to " + most);
    }
}
