package io.registrycache.request;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** A child's answer that may hide what its upstream said: it calls many things 404, and the rest 500. */
public final class ChildRefusal extends Exception {

    private static final Pattern OF_STORAGE =
            Pattern.compile("\"DriverName\"|\\b(?:s3aws|filesystem|gcs|azure|swift|oss): ");

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
        return status >= 500
                && OF_STORAGE.matcher(new String(body, StandardCharsets.UTF_8)).find();
    }

    /** What the child said, a registry error as JSON as a rule. */
    public byte[] body() {
        return body.clone();
    }
}
