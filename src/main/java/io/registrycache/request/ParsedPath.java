package io.registrycache.request;

import java.util.regex.Pattern;

/**
 * The path of a registry request, taken apart and checked against the specification's grammar.
 *
 * @param prefix what stood before {@code /v2}, or nothing
 * @param name the repository's name as the client typed it, or nothing
 * @param reference a tag or a digest, or nothing
 */
record ParsedPath(Operation operation, String prefix, String name, String reference) {

    private static final String V2 = "/v2";
    private static final int LONGEST_NAME = 255;
    private static final Pattern NAME =
            Pattern.compile("[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*");
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");
    private static final Pattern DIGEST =
            Pattern.compile("sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128}|sha384:[a-f0-9]{96}");

    static ParsedPath of(String path) throws RegistryException {
        int v2 = 0;
        if (!isV2(path, 0)) {
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
            case "referrers" -> throw RegistryError.noReferrers().exception();
            case "tags" -> tags(prefix, name, last);
            default -> throw RegistryError.noSuchEndpoint().exception();
        };
        if (name.length() > LONGEST_NAME || !NAME.matcher(name).matches()) {
            throw RegistryError.invalidName("the repository's name is malformed or longer than " + LONGEST_NAME)
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
        if (!TAG.matcher(text).matches()) {
            throw RegistryError.invalidTag().exception();
        }
        return text;
    }

    private static String digest(String text) throws RegistryException {
        if (!DIGEST.matcher(text).matches()) {
            throw RegistryError.invalidDigest().exception();
        }
        return text;
    }
}
