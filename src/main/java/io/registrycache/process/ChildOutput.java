package io.registrycache.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Copies a child's output to our log, line by line under its upstream's name, and remembers the last lines. What it
 * says about single requests, and the traces of its panics, are for debugging.
 */
final class ChildOutput {

    private static final Logger LOG = LoggerFactory.getLogger(ChildOutput.class);
    private static final int REMEMBERED = 5;
    private static final int LONGEST_LINE = 2_000;
    /** Its lines about single requests, and about itself at any log level. */
    private static final Pattern NOISE =
            Pattern.compile(" http\\.request\\.id=|does not implement Rem?positoryRemover");
    /** Nothing but a trace follows, to the end. */
    private static final Pattern TRACE = Pattern.compile("goroutine \\d+ \\[");
    /** Values that are not secret, and whose masking would make a log unreadable. */
    private static final Set<String> PLAIN = Set.of("true", "false", "none", "info", "warn", "error", "debug");

    private final String name;
    private final List<String> secrets;
    private final Deque<String> last = new ArrayDeque<>();
    private boolean inTrace;

    /**
     * For one run of a child.
     *
     * @param secrets texts that must not reach the log
     */
    ChildOutput(String name, Collection<String> secrets) {
        this.name = name;
        this.secrets = secrets.stream()
                .filter(secret -> secret.length() >= 3 && !PLAIN.contains(secret))
                .sorted((a, b) -> b.length() - a.length())
                .toList();
    }

    /** Reads until the child closes its output. */
    void pump(InputStream output) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(output, StandardCharsets.UTF_8))) {
            StringBuilder line = new StringBuilder();
            for (int c = lines.read(); c >= 0; c = lines.read()) {
                if (c == '\n') {
                    accept(line.toString());
                    line.setLength(0);
                } else if (line.length() < LONGEST_LINE) {
                    line.append((char) c);
                }
            }
            accept(line.toString());
        } catch (IOException e) {
            LOG.debug("upstream={} the output ended: {}", name, e.getMessage());
        }
    }

    /** Why the child ended, as far as it said. */
    synchronized LastWords lastWords() {
        return LastWords.of(last);
    }

    private void accept(String text) {
        if (text.isBlank()) {
            return;
        }
        String line = masked(text);
        inTrace |= TRACE.matcher(line).lookingAt();
        if (inTrace || NOISE.matcher(line).find()) {
            LOG.debug("upstream={} {}", name, line);
            return;
        }
        // A verdict is in the state that it leads to.
        LOG.atLevel(LastWords.isVerdict(line) ? Level.DEBUG : Level.INFO).log("upstream={} {}", name, line);
        remember(line);
    }

    private synchronized void remember(String line) {
        if (LastWords.isVerdict(line)) {
            last.clear();
        } else if (last.size() == REMEMBERED) {
            last.removeFirst();
        }
        last.addLast(line);
    }

    private String masked(String line) {
        String masked = line;
        for (String secret : secrets) {
            masked = masked.replace(secret, "***");
        }
        return masked;
    }
}
