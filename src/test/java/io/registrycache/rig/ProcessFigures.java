package io.registrycache.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** The figures of Linux about a process, be it started by a test or by the program under test. */
public record ProcessFigures(long pid) {

    /** Resident memory in bytes. */
    public long rssBytes() throws IOException {
        try (Stream<String> lines = Files.lines(folder().resolve("status"))) {
            String kibibytes = lines.filter(line -> line.startsWith("VmRSS:"))
                    .map(line -> line.replaceAll("[^0-9]", ""))
                    .findFirst()
                    .orElse("0");
            return Long.parseLong(kibibytes) * 1024;
        }
    }

    /** How many file descriptors are open, sockets included. */
    public long openFiles() throws IOException {
        try (Stream<Path> descriptors = Files.list(folder().resolve("fd"))) {
            return descriptors.count();
        }
    }

    /** Seconds of processor time used so far, by this process alone. */
    public double cpuSeconds() {
        return ProcessHandle.of(pid)
                        .flatMap(process -> process.info().totalCpuDuration())
                        .orElse(Duration.ZERO)
                        .toMillis()
                / 1000.0;
    }

    private Path folder() {
        return Path.of("/proc", Long.toString(pid));
    }
}
