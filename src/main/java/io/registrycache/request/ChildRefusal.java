package io.registrycache.request;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A child's error, which may hide the upstream's answer: a child turns many errors into 404, and the rest into 500. */
public final class ChildRefusal extends Exception {

    private static final Pattern OF_STORAGE = Pattern.compile(
            "\"DriverName\":\"[a-z0-9]{1,20}\"|\\b(?:s3aws|filesystem|gcs|azure|swift|oss): [A-Za-z ]{0,60}");

    private final int status;
    private final transient byte[] body;

    public ChildRefusal(int status, byte[] body) {
        super("the child answered " + status, null, false, false);
        this.status = status;
        this.body = body.clone();
    }

    public int status() {
        return status;
    }

    /** Whether the child could not use its storage: then it names the driver of it, each version in its way. */
    public boolean isOfStorage() {
        return storageFailure().isPresent();
    }

    /** The driver that fails and, from version 3 on, why; without a path or a bucket. */
    public Optional<String> storageFailure() {
        Matcher matcher = OF_STORAGE.matcher(new String(body, StandardCharsets.UTF_8));
        return status >= 500 && matcher.find() ? Optional.of(matcher.group().strip()) : Optional.empty();
    }

    /** The body of the child's answer, usually a registry error as JSON. */
    public byte[] body() {
        return body.clone();
    }
}
