package io.registrycache.request;

import com.fasterxml.jackson.databind.ObjectMapper;

/** Reads and writes JSON. */
public final class Json {

    /** The one mapper of the program: each other one costs memory and time at start. Its configuration is never changed. */
    public static final ObjectMapper JSON = new ObjectMapper();

    private Json() {}
}
