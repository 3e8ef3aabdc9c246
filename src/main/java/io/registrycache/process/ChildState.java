package io.registrycache.process;

import java.time.Instant;
import java.util.regex.Pattern;

/** How the child of an upstream is doing; whether the upstream can be reached is another matter. */
public sealed interface ChildState {

    /** Why the child does not serve, or nothing. */
    default String reason() {
        return "";
    }

    /** The child is launched, and has not answered yet. */
    record Starting(Instant since) implements ChildState {}

    /** The child answers. */
    record Serving(long pid, Instant since) implements ChildState {}

    /**
     * No child runs; one is launched later.
     *
     * @param why the last lines that the child wrote
     */
    record BackingOff(int attempt, Instant until, String why) implements ChildState {

        private static final Pattern OF_STORAGE =
                Pattern.compile("(?:panic: |level=fatal .*)(?:(?:s3aws|filesystem|gcs|azure|swift|oss): "
                        + "|No \\w+ parameter provided|StorageDriver not registered|Swift authentication|google: "
                        + "|Failed to (?:create|retrieve info about) container)");

        @Override
        public String reason() {
            return why;
        }

        /** Whether the child says that its storage is the reason, not its upstream. */
        boolean isOfStorage() {
            return OF_STORAGE.matcher(why).find();
        }
    }

    /** The route is stopped. */
    record Stopped() implements ChildState {

        @Override
        public String reason() {
            return "its route is stopped";
        }
    }
}
