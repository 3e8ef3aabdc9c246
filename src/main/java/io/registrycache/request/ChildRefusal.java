package io.registrycache.request;

import java.nio.charset.StandardCharsets;

/** A child's answer that may hide what its upstream said: it calls many things 404, and the rest 500. */
public final class ChildRefusal extends Exception {

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

    /** Whether the child could not use its storage: then it names the driver of it. */
    public boolean isOfStorage() {
        return status >= 500 && new String(body, StandardCharsets.UTF_8).contains("\"DriverName\"");
    }

    /** What the child said, a registry error as JSON as a rule. */
    public byte[] body() {
        return body.clone();
    }
}
