package io.registrycache.rig;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A user's name and password. */
public record Credentials(String user, String password) {

    /** The value of an Authorization header. */
    public String basic() {
        String pair = user + ":" + password;
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }
}
