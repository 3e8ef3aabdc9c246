package io.registrycache.upstream;

import io.registrycache.request.RegistryError;
import java.util.Optional;

/** The answer of an upstream about a manifest, a blob or a list. */
public sealed interface Answer {

    /**
     * It exists.
     *
     * @param digest of the content; nothing for a list
     * @param length of the content in bytes
     * @param body the content, verified; empty if only its head was asked for; not to be changed
     * @param link to the next part of a list, as path and query, or nothing
     */
    @SuppressWarnings("ArrayRecordComponent") // Up to 8 MiB; it is not compared.
    record Found(String type, String digest, long length, Optional<byte[]> body, String link) implements Answer {}

    /** The upstream refuses it, cannot be asked, or gives a malformed answer. */
    record Refused(RegistryError error) implements Answer {}
}
