package io.registrycache.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The version of the children's program. */
public final class RegistryVersion {

    private static final int PATIENCE_SECONDS = 5;
    private static final int LONGEST = 1000;

    private RegistryVersion() {}

    /**
     * Runs it with {@code --version}, and returns its output, on one line.
     *
     * @throws IOException if it cannot be run, fails, or takes longer than 5 s
     */
    public static String of(Path command) throws IOException {
        Process process = new ProcessBuilder(command.toString(), "--version")
                .redirectErrorStream(true)
                .start();
        try {
            process.getOutputStream().close();
            process.onExit()
                    .completeOnTimeout(process, PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .join();
            if (process.isAlive()) {
                throw new IOException("does not end within " + PATIENCE_SECONDS + " s");
            }
            String printed = new String(process.getInputStream().readNBytes(LONGEST), StandardCharsets.UTF_8)
                    .replaceAll("[\\p{Cntrl}\\s]+", " ")
                    .strip();
            if (process.exitValue() != 0) {
                throw new IOException("ends with " + process.exitValue() + ": " + printed);
            }
            return printed;
        } finally {
            process.destroyForcibly();
        }
    }
}
