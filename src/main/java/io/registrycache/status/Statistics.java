package io.registrycache.status;

import static io.registrycache.request.Json.JSON;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.registrycache.log.LastingState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the statistics in a small file, for the next run of the program. A file that is lost or broken does no harm.
 */
public final class Statistics {

    private static final Logger LOG = LoggerFactory.getLogger(Statistics.class);
    /** Ten times the size that the file can grow to. */
    private static final long LARGEST = 4 << 20;

    private final Traffic traffic;
    private final Path file;
    private final LastingState unwritable = new LastingState(LOG, "statistics=not_written", "statistics=written");

    public Statistics(Traffic traffic, Path file) {
        this.traffic = traffic;
        this.file = file;
    }

    /** Goes on with the statistics of the run before. */
    public void load() {
        try {
            if (Files.size(file) > LARGEST) {
                throw new IOException("it is larger than " + LARGEST + " bytes");
            }
            traffic.restore(Optional.ofNullable(JSON.readValue(file.toFile(), Recorded.class))
                    .orElseThrow(() -> new IOException("there is nothing in it")));
        } catch (NoSuchFileException e) {
            LOG.debug("no statistics in {}", file);
        } catch (JsonProcessingException | DateTimeException e) {
            LOG.warn("{} is broken, so the statistics begin anew", file);
        } catch (IOException e) {
            LOG.warn("{} cannot be read, so the statistics begin anew: {}", file, e.toString());
        }
    }

    /** Writes the file, if there was traffic since the last time. */
    public synchronized void save() {
        if (!traffic.isChanged()) {
            return;
        }
        try {
            Path written = Files.write(
                    file.resolveSibling(file.getFileName() + ".new"), JSON.writeValueAsBytes(traffic.recorded()));
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
            unwritable.isOver();
        } catch (IOException e) {
            traffic.isUnrecorded();
            unwritable.holds(e.toString());
        }
    }
}
