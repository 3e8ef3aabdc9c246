package io.registrycache.request;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The path of a registry request, taken apart and checked against the specification's grammar.
 *
 * @param prefix what stood before {@code /v2}, or nothing
 * @param name the repository's name as the client typed it, or nothing
 * @param reference a tag or a digest, or nothing
 */
record ParsedPath(Operation operation, String prefix, String name, String reference) {

    private static final int LONGEST_NAME = 255;
    private static final Pattern NAME =
            Pattern.compile("[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*");
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");
    private static final Pattern DIGEST =
            Pattern.compile("sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128}|sha384:[a-f0-9]{96}");

    static ParsedPath of(String path) throws RegistryException {
        List<String> segments = List.of(path.split("/", -1));
        // An absolute path has an empty segment first.
        int v2 = segments.indexOf("v2");
        if (segments.size() < 2 || !segments.get(0).isEmpty() || v2 < 1 || v2 > 2) {
            throw RegistryError.noSuchEndpoint().exception();
        }
        String prefix = v2 == 2 ? segments.get(1) : "";
        List<String> rest = segments.subList(v2 + 1, segments.size());
        if (rest.isEmpty() || rest.equals(List.of(""))) {
            return new ParsedPath(Operation.PING, prefix, "", "");
        }
        if (rest.equals(List.of("_catalog"))) {
            return new ParsedPath(Operation.CATALOG, prefix, "", "");
        }
        return ofRepository(prefix, rest);
    }

    private static ParsedPath ofRepository(String prefix, List<String> rest) throws RegistryException {
        int size = rest.size();
        if (size < 3) {
            throw RegistryError.noSuchEndpoint().exception();
        }
        String name = String.join("/", rest.subList(0, size - 2));
        String last = rest.get(size - 1);
        ParsedPath path = switch (rest.get(size - 2)) {
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
