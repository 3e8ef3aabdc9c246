package io.registrycache.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Skips a test, so that one can see it, where the machine lacks a program or a right that it needs. */
public final class Needs {

    private Needs() {}

    public static void programs(String... programs) {
        for (String program : programs) {
            that(Environment.program(program).isPresent(), program + " on the PATH");
        }
    }

    static void rootAnd(String... programs) {
        that(isRoot(), "root for " + List.of(programs));
        programs(programs);
    }

    public static void that(boolean isThere, String what) {
        if (!isThere) {
            System.out.println("SKIPPED: needs " + what);
        }
        Assumptions.assumeTrue(isThere, "needs " + what);
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException e) {
            return false;
        }
    }
}
