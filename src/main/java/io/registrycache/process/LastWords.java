package io.registrycache.process;

import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Why a child ended, by the last lines that it wrote.
 *
 * @param reason for people, without the form of a log line or a panic; empty if the child wrote nothing
 * @param isOfStorage whether the child blames its storage
 */
record LastWords(String reason, boolean isOfStorage) {

    /** Explains the end better than the lines before it. */
    private static final Pattern VERDICT = Pattern.compile("^panic: |^fatal error: | level=fatal ");

    private static final Pattern OF_STORAGE =
            Pattern.compile("(?:panic: |level=fatal .*)(?:(?:s3aws|filesystem|gcs|azure|swift|oss): "
                    + "|No \\w+ parameter provided|StorageDriver not registered|Swift authentication|google: "
                    + "|Failed to (?:create|retrieve info about) container)");
    private static final Pattern PANIC = Pattern.compile("^(?:panic|fatal error): ");
    private static final Pattern MESSAGE = Pattern.compile("(?:^| )msg=(?:\"((?:[^\"\\\\]|\\\\.)*)\"|(\\S+))");

    static LastWords of(Collection<String> lines) {
        return new LastWords(
                lines.stream().map(LastWords::plain).collect(Collectors.joining("; ")),
                lines.stream().anyMatch(line -> OF_STORAGE.matcher(line).find()));
    }

    /** Whether a line says by itself why the child ends. */
    static boolean isVerdict(String line) {
        return VERDICT.matcher(line).find();
    }

    private static String plain(String line) {
        Matcher message = MESSAGE.matcher(line);
        if (message.find()) {
            String quoted = message.group(1);
            return quoted == null ? message.group(2) : quoted.replaceAll("\\\\(.)", "$1");
        }
        return PANIC.matcher(line).replaceFirst("");
    }
}
