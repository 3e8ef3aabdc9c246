package io.registrycache.upstream;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the challenges of one {@code WWW-Authenticate} header in one pass, up to where the text does not follow the
 * grammar; RFC 9110, 11.2 and 11.6.1.
 */
final class ChallengeReader {

    private static final String SPACE = " \t";
    private static final String SEPARATORS = " \t,";
    private static final String TOKEN = "!#$%&'*+-.^_`|~";
    private static final String TOKEN68 = "-._~+/";

    private final String text;
    private final List<Challenge> found = new ArrayList<>();
    private final Map<String, String> parameters = new HashMap<>();
    private String scheme = "";
    private int at;

    ChallengeReader(String text) {
        this.text = text;
    }

    /** Reads all; the schemes and the names of parameters are in lower case. */
    List<Challenge> all() {
        while (skip(SEPARATORS)) {
            Optional<String> token = token(TOKEN);
            if (token.isEmpty()) {
                break;
            }
            skip(SPACE);
            if (next() == '=') {
                parameter(token.get());
            } else {
                scheme(token.get());
            }
        }
        endChallenge();
        return found;
    }

    private void scheme(String token) {
        endChallenge();
        scheme = token.toLowerCase(Locale.ROOT);
        skipToken68();
    }

    private void endChallenge() {
        if (!scheme.isEmpty()) {
            found.add(new Challenge(scheme, parameters));
        }
        parameters.clear();
    }

    /** Instead of parameters there may be one token, such as {@code Negotiate YWJj==}. */
    private void skipToken68() {
        int before = at;
        boolean isThere = token(TOKEN68).isPresent();
        skip("=");
        if (!isThere || (skip(SPACE) && next() != ',')) {
            at = before;
        }
    }

    private void parameter(String name) {
        at++;
        skip(SPACE);
        Optional<String> value = next() == '"' ? quoted() : unquoted();
        value.ifPresent(it -> parameters.putIfAbsent(name.toLowerCase(Locale.ROOT), it));
    }

    private Optional<String> quoted() {
        StringBuilder value = new StringBuilder();
        for (at++; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '"') {
                at++;
                return Optional.of(value.toString());
            } else if (c == '\\') {
                at++;
            }
            value.append(next());
        }
        return Optional.empty();
    }

    /** Registries forget the quotes around URLs. */
    private Optional<String> unquoted() {
        int begin = at;
        while (at < text.length() && SEPARATORS.indexOf(next()) < 0 && next() != '"') {
            at++;
        }
        return at > begin ? Optional.of(text.substring(begin, at)) : Optional.empty();
    }

    /** Letters, digits, and these. */
    private Optional<String> token(String others) {
        int begin = at;
        while (at < text.length() && (isLetterOrDigit(next()) || others.indexOf(next()) >= 0)) {
            at++;
        }
        return at > begin ? Optional.of(text.substring(begin, at)) : Optional.empty();
    }

    private static boolean isLetterOrDigit(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    /** Returns whether something follows. */
    private boolean skip(String characters) {
        while (at < text.length() && characters.indexOf(next()) >= 0) {
            at++;
        }
        return at < text.length();
    }

    /** Behind the end it is one that has no meaning anywhere. */
    private char next() {
        return at < text.length() ? text.charAt(at) : '\0';
    }
}
