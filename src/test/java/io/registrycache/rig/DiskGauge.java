package io.registrycache.rig;

import java.nio.file.Path;
import java.util.List;

/** Measures over and over the size of a folder on the disk, with {@code du}: content, downloads, links and folders. */
public final class DiskGauge implements AutoCloseable {

    private static final String LOOP = "while :; do du -sB1 \"$0\" 2>/dev/null; sleep 0.03; done";

    private final TempFolder folder = TempFolder.create();
    private final Program program;

    private DiskGauge(Path measured) {
        this.program = Program.start(
                List.of("sh", "-c", LOOP, measured.toString()), Environment.clean(), folder.resolve("sizes"));
    }

    /** Measures from now on. */
    public static DiskGauge of(Path measured) {
        return new DiskGauge(measured);
    }

    /** All that was measured, in bytes, the oldest first. */
    public List<Long> samples() {
        return program.output()
                .lines()
                .filter(line -> line.contains("\t"))
                .map(line -> Long.parseLong(line.substring(0, line.indexOf('\t'))))
                .toList();
    }

    /** The largest that was measured, in bytes. */
    public long most() {
        return samples().stream().mapToLong(it -> it).max().orElse(0);
    }

    @Override
    public void close() {
        program.close();
        folder.close();
    }
}
