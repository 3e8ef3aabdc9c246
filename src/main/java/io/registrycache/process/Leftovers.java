package io.registrycache.process;

import static io.registrycache.request.Json.JSON;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Children that an earlier run left running when it was killed, and the notes by which they are found. */
final class Leftovers {

    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

    private Leftovers() {}

    /** Tells a child from another process that has its pid later. */
    static String note(Process child, Path config) {
        String started =
                child.toHandle().info().startInstant().map(Instant::toString).orElse("");
        return JSON.createObjectNode()
                .put("pid", child.pid())
                .put("started", started)
                .put("config", config.toString())
                .toString();
    }

    /** Ends those that the folder has notes of, and removes the notes. */
    static void end(Path path) throws IOException {
        List<ProcessHandle> leftovers = new ArrayList<>();
        try (DirectoryStream<Path> notes = Files.newDirectoryStream(path, "*.child")) {
            for (Path note : notes) {
                leftover(note).ifPresent(leftovers::add);
                Files.deleteIfExists(note);
            }
        }
        leftovers.forEach(ProcessHandle::destroyForcibly);
        leftovers.forEach(Leftovers::awaitEnd);
    }

    private static Optional<ProcessHandle> leftover(Path note) {
        try {
            JsonNode noted = JSON.readTree(Files.readString(note));
            return ProcessHandle.of(noted.path("pid").asLong()).filter(process -> isThe(noted, process.info()));
        } catch (IOException e) {
            LOG.warn("cannot tell what {} was about: {}", note.getFileName(), e.getMessage());
            return Optional.empty();
        }
    }

    private static void awaitEnd(ProcessHandle leftover) {
        LOG.info("ended child {} of an earlier run that was killed", leftover.pid());
        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (leftover.isAlive() && System.nanoTime() < patience) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    /** The number alone could be a stranger's by now. */
    private static boolean isThe(JsonNode noted, ProcessHandle.Info info) {
        return info.startInstant()
                        .map(Instant::toString)
                        .orElse("")
                        .equals(noted.path("started").asText())
                && info.commandLine().orElse("").endsWith(noted.path("config").asText());
    }
}
