package io.registrycache.request;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The digest of a manifest or a blob.
 *
 * @param algorithm such as {@code sha256}
 * @param hex the hash in lower case
 */
public record Digest(String algorithm, String hex) {

    public static final String SHA_256 = "sha256";

    private static final Pattern WELL_FORMED = Pattern.compile("sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}");

    /** Reads {@code sha256:…}, which is known to be well-formed. */
    public static Digest of(String text) {
        int colon = text.indexOf(':');
        return new Digest(text.substring(0, colon), text.substring(colon + 1));
    }

    /** Whether a reference is a digest and not a tag. */
    public static boolean isDigest(String reference) {
        return reference.indexOf(':') > 0;
    }

    /** Whether a text that may be of any origin is a digest that can become part of a path. */
    public static boolean isWellFormed(String text) {
        return WELL_FORMED.matcher(text).matches();
    }

    public static Digest sha256Of(byte[] content) {
        Digest unknown = new Digest(SHA_256, "");
        return unknown.withHash(unknown.newHash().digest(content));
    }

    /** The hash function, at its beginning. */
    public MessageDigest newHash() {
        try {
            return MessageDigest.getInstance(algorithm.toUpperCase(Locale.ROOT).replace("SHA", "SHA-"));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has " + algorithm, e);
        }
    }

    public boolean matches(byte[] hash) {
        return hex.equals(HexFormat.of().formatHex(hash));
    }

    private Digest withHash(byte[] hash) {
        return new Digest(algorithm, HexFormat.of().formatHex(hash));
    }

    @Override
    public String toString() {
        return algorithm + ":" + hex;
    }
}
