package io.registrycache.process;

import java.time.Instant;
import java.util.regex.Pattern;

/** How an upstream is served. */
public sealed interface ChildState {

    /** Why the upstream is not pulled through, or nothing. */
    default String reason() {
        return "";
    }

    /** The child is launched, and has not answered yet. */
    record Starting(Instant since) implements ChildState {}

    /** The child answers, and asks the upstream for what it lacks. */
    record PullThrough(long pid, Instant since) implements ChildState {}

    /**
     * A child without upstream serves what is cached.
     *
     * @param why what is wrong with the upstream
     */
    record Offline(Instant since, String why) implements ChildState {

        @Override
        public String reason() {
            return why;
        }
    }

    /**
     * No child runs; one is launched later.
     *
     * @param why the last lines that the child wrote
     */
    record BackingOff(int attempt, Instant until, String why) implements ChildState {

        private static final Pattern OF_STORAGE = Pattern.compile("panic: (?:(?:s3aws|filesystem|gcs|azure|swift|oss): "
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

    /** Nobody wants a child to run. */
    record Stopped() implements ChildState {

        @Override
        public String reason() {
            return "its route is stopped";
        }
    }
}
