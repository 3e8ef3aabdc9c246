package io.registrycache.warm;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An image as it is asked of the program's endpoint.
 *
 * @param typed as the user wrote it
 * @param path of the repository behind {@code /v2/}
 * @param upstream for the parameter {@code ns}, or nothing
 * @param reference a tag or a digest
 */
public record ImageName(String typed, String path, String upstream, String reference) {

    private static final Pattern FORM = Pattern.compile("([a-z0-9]+(?:(?:\\.|_|__|-+|/)[a-z0-9]+)*)"
            + "(?::([A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?");

    private static final int LONGEST = 500;

    /**
     * Reads an image as clients and manifests name it, such as {@code postgres:16} or {@code ghcr.io/my/image@sha256:…}.
     *
     * @param cachePort a registry on that port is the cache itself, and left out
     * @throws IllegalArgumentException if it is not one
     */
    public static ImageName parse(String typed, int cachePort) {
        String text = typed.strip();
        int slash = text.indexOf('/');
        String host = slash < 0 ? "" : text.substring(0, slash).toLowerCase(Locale.ROOT);
        if (host.endsWith(":" + cachePort)) {
            ImageName behind = parse(text.substring(slash + 1), cachePort);
            return new ImageName(typed.strip(), behind.path, behind.upstream, behind.reference);
        }
        // A port cannot stand in a path.
        boolean hasPort = host.matches("[a-z0-9._-]+:[0-9]{1,5}");
        String rest = hasPort ? text.substring(slash + 1) : host + text.substring(host.length());
        return of(text, hasPort ? host : "", rest);
    }

    /** An image of one upstream, without the upstream's name. */
    static ImageName in(String upstream, String image) {
        return of(image, upstream, image);
    }

    private static ImageName of(String typed, String upstream, String rest) {
        Matcher matcher = FORM.matcher(rest);
        if (typed.length() > LONGEST || !matcher.matches()) {
            throw new IllegalArgumentException("\"" + shortened(typed) + "\" is not an image");
        }
        String tag = matcher.group(2) == null ? "latest" : matcher.group(2);
        return new ImageName(typed, matcher.group(1), upstream, matcher.group(3) == null ? tag : matcher.group(3));
    }

    /** The same image by another tag or digest. */
    ImageName by(String other) {
        return new ImageName(typed, path, upstream, other);
    }

    private static String shortened(String text) {
        return (text.length() > 80 ? text.substring(0, 80) + "…" : text).replaceAll("\\p{Cntrl}", "?");
    }

    @Override
    public String toString() {
        return typed;
    }
}
