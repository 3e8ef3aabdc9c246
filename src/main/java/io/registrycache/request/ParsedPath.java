package io.registrycache.request;

/**
 * The path of a registry request, taken apart and checked against the specification's grammar.
 *
 * @param prefix the path before {@code /v2}, or nothing
 * @param name the repository's name as the client typed it, or nothing
 * @param reference a tag or a digest, or nothing
 */
record ParsedPath(Operation operation, String prefix, String name, String reference) {

    private static final String V2 = "/v2";
    private static final int LONGEST_TAG = 128;

    static ParsedPath of(String path) throws RegistryException {
        int v2 = 0;
        if (!isV2(path, 0)) {
            if (path.equals("/")) {
                return new ParsedPath(Operation.HOME, "", "", "");
            }
            v2 = path.indexOf('/', 1);
            if (v2 < 0 || path.charAt(0) != '/' || !isV2(path, v2)) {
                throw RegistryError.noSuchEndpoint().exception();
            }
        }
        String prefix = v2 == 0 ? "" : path.substring(1, v2);
        String rest = path.substring(Math.min(path.length(), v2 + V2.length() + 1));
        return switch (rest) {
            case "" -> new ParsedPath(Operation.PING, prefix, "", "");
            case "_catalog" -> new ParsedPath(Operation.CATALOG, prefix, "", "");
            default -> ofRepository(prefix, rest);
        };
    }

    /** Whether the path's segment after that slash is {@code v2}. */
    private static boolean isV2(String path, int slash) {
        int end = slash + V2.length();
        return path.startsWith(V2, slash) && (path.length() == end || path.charAt(end) == '/');
    }

    private static ParsedPath ofRepository(String prefix, String rest) throws RegistryException {
        int beforeLast = rest.lastIndexOf('/');
        int beforeKind = rest.lastIndexOf('/', beforeLast - 1);
        if (beforeKind < 0) {
            throw RegistryError.noSuchEndpoint().exception();
        }
        String name = rest.substring(0, beforeKind);
        String last = rest.substring(beforeLast + 1);
        ParsedPath path = switch (rest.substring(beforeKind + 1, beforeLast)) {
            case "manifests" -> new ParsedPath(Operation.MANIFEST, prefix, name, reference(last));
            case "blobs" -> new ParsedPath(Operation.BLOB, prefix, name, digest(last));
            case "referrers" -> new ParsedPath(Operation.REFERRERS, prefix, name, digest(last));
            case "tags" -> tags(prefix, name, last);
            default -> throw RegistryError.noSuchEndpoint().exception();
        };
        if (!isName(name)) {
            throw RegistryError.invalidName("the repository's name is malformed")
                    .exception();
        }
        return path;
    }

    private static ParsedPath tags(String prefix, String name, String last) throws RegistryException {
        if (!last.equals("list")) {
            throw RegistryError.noSuchEndpoint().exception();
        }
        return new ParsedPath(Operation.TAGS, prefix, name, "");
    }

    private static String reference(String text) throws RegistryException {
        if (text.contains(":")) {
            return digest(text);
        }
        if (!isTag(text)) {
            throw RegistryError.malformedTag().exception();
        }
        return text;
    }

    private static String digest(String text) throws RegistryException {
        if (!isDigest(text)) {
            throw RegistryError.invalidDigest().exception();
        }
        return text;
    }

    /** Groups of {@code [a-z0-9]+}, between each two of them a dot, a slash, one or two underscores, or dashes. */
    private static boolean isName(String text) {
        int at = 0;
        while (true) {
            int group = at;
            at = afterGroup(text, at);
            if (at == group || at == text.length()) {
                return at > group;
            }
            at = afterSeparator(text, at);
        }
    }

    private static int afterGroup(String text, int from) {
        int at = from;
        while (at < text.length() && isLowerOrDigit(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static int afterSeparator(String text, int from) {
        int at = from;
        switch (text.charAt(at)) {
            case '.', '/' -> at++;
            case '_' -> at += text.startsWith("__", at) ? 2 : 1;
            case '-' -> {
                while (at < text.length() && text.charAt(at) == '-') {
                    at++;
                }
            }
            default -> {}
        }
        return at;
    }

    private static boolean isTag(String text) {
        boolean starts = !text.isEmpty() && text.charAt(0) != '.' && text.charAt(0) != '-';
        return starts && text.length() <= LONGEST_TAG && text.chars().allMatch(ParsedPath::isOfTag);
    }

    private static boolean isOfTag(int c) {
        return isLowerOrDigit(c) || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '-';
    }

    private static boolean isLowerOrDigit(int c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    }

    private static boolean isDigest(String text) {
        return isHex(text, "sha256:", 64) || isHex(text, "sha512:", 128) || isHex(text, "sha384:", 96);
    }

    private static boolean isHex(String text, String algorithm, int digits) {
        if (!text.startsWith(algorithm) || text.length() != algorithm.length() + digits) {
            return false;
        }
        for (int at = algorithm.length(); at < text.length(); at++) {
            char c = text.charAt(at);
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
                return false;
            }
        }
        return true;
    }
}
