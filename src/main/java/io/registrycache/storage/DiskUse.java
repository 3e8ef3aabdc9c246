package io.registrycache.storage;

import java.time.Instant;
import java.util.Optional;

/**
 * How much all upstreams have stored together, in bytes.
 *
 * @param measured when the files were last looked through
 * @param stored content and interrupted downloads
 * @param reserved for downloads under way
 * @param limit how much may be stored
 * @param diskFree on the disks on which they store
 * @param diskSize of those disks
 * @param isOverPinned whether more is pinned than a limit allows
 */
public record DiskUse(
        Optional<Instant> measured,
        long stored,
        long reserved,
        long limit,
        long diskFree,
        long diskSize,
        boolean isOverPinned) {}
