package io.registrycache.rig;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** A command that does its work and ends. */
public record Command(List<String> words, Map<String, String> environment) {

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    public Command {
        words = List.copyOf(words);
        environment = Map.copyOf(environment);
    }

    public static Command of(String... words) {
        return new Command(List.of(words), Environment.clean());
    }

    /** The same command with more words behind it. */
    public Command and(String... more) {
        List<String> all = new ArrayList<>(words);
        all.addAll(List.of(more));
        return new Command(all, environment);
    }

    /** The same command with one more variable in its environment. */
    public Command with(String name, String value) {
        Map<String, String> more = new HashMap<>(environment);
        more.put(name, value);
        return new Command(words, more);
    }

    /** Runs it, and returns its output, or throws its stderr. */
    public String run() {
        try (TempFolder folder = TempFolder.create()) {
            // Files, as a pipe that is not read would block it.
            Path out = folder.resolve("out");
            Path err = folder.resolve("err");
            int exitCode = runInto(out, err);
            if (exitCode != 0) {
                throw new IllegalStateException(
                        words.get(0) + " ended with " + exitCode + ":\n" + Files.readString(err));
            }
            return Files.readString(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs it, and returns whether it ended well. */
    public boolean succeeds() {
        try {
            run();
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private int runInto(Path out, Path err) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            return process.onExit()
                    .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .join()
                    .exitValue();
        } catch (CompletionException e) {
            throw new IllegalStateException(words.get(0) + " takes longer than " + PATIENCE, e);
        } finally {
            process.destroyForcibly();
        }
    }
}
