package io.registrycache.warm;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces variables as Compose does: {@code $NAME}, {@code ${NAME}}, {@code ${NAME:-default}}, {@code ${NAME-default}},
 * {@code ${NAME:?message}}, {@code ${NAME:+replacement}}, and {@code $$} for a dollar sign.
 */
record Interpolation(Map<String, String> variables) {

    /** Innermost first, for defaults may have variables in them. */
    private static final Pattern BRACED = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?)([-?+])([^{}$]*))?}");

    private static final Pattern PLAIN = Pattern.compile("\\$([A-Za-z_][A-Za-z0-9_]*)");
    private static final String DOLLAR = "\0";

    Interpolation {
        variables = Map.copyOf(variables);
    }

    /**
     * The text with its variables replaced.
     *
     * @throws IllegalArgumentException if one is not set that has no default
     */
    String of(String text) {
        String replaced = PLAIN.matcher(text.replace("$$", DOLLAR))
                .replaceAll(match -> Matcher.quoteReplacement(required(match.group(1))));
        Matcher braced = BRACED.matcher(replaced);
        while (braced.find()) {
            replaced = braced.replaceFirst(Matcher.quoteReplacement(value(braced)));
            braced = BRACED.matcher(replaced);
        }
        if (replaced.contains("$")) {
            throw new IllegalArgumentException("\"" + text + "\" has a variable in it that is malformed");
        }
        return replaced.replace(DOLLAR, "$");
    }

    private String value(Matcher braced) {
        String name = braced.group(1);
        if (braced.group(3) == null) {
            return required(name);
        }
        String value = variables.getOrDefault(name, "");
        boolean isGiven = variables.containsKey(name) && !(braced.group(2).equals(":") && value.isEmpty());
        if (braced.group(3).equals("+")) {
            return isGiven ? braced.group(4) : "";
        } else if (isGiven) {
            return value;
        } else if (braced.group(3).equals("?")) {
            throw notSet(name);
        }
        return braced.group(4);
    }

    private String required(String name) {
        String value = variables.get(name);
        if (value == null) {
            throw notSet(name);
        }
        return value;
    }

    private static IllegalArgumentException notSet(String name) {
        return new IllegalArgumentException("the variable " + name + " is not set");
    }
}
