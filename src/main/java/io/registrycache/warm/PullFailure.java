package io.registrycache.warm;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** The endpoint refuses an image; the message says why in the endpoint's words. */
public final class PullFailure extends IOException {

    private static final long LONGEST_PAUSE = 30;

    private final int status;
    private final long retryAfter;

    /**
     * A refusal.
     *
     * @param retryAfter in seconds, or 0
     */
    PullFailure(String message, int status, long retryAfter) {
        super(message);
        this.status = status;
        this.retryAfter = retryAfter;
    }

    /** How long to wait before another attempt, if one is worth while. */
    Optional<Duration> pause() {
        return switch (status) {
            case 429 -> Optional.of(Duration.ofSeconds(Math.min(LONGEST_PAUSE, Math.max(1, retryAfter))));
            case 503 -> Optional.of(Duration.ofSeconds(2));
            default -> Optional.empty();
        };
    }
}
