package io.registrycache.rig;

/** A blob as a manifest names it, with its digest ({@code sha256:…}) and its size in bytes. */
public record Blob(String digest, long size) {}
