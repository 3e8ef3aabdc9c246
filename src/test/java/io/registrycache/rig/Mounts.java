package io.registrycache.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The mounts that a Docker daemon leaves behind, even when it ends in order; with them its folder cannot be deleted.
 */
final class Mounts {

    private Mounts() {}

    static void removeBelow(Path folder) throws IOException {
        List<String> points = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("/proc/self/mounts"))) {
            String point = line.split(" ")[1];
            if (Path.of(point).startsWith(folder)) {
                points.add(point);
            }
        }
        // The latest first: it may lie inside an earlier one.
        Collections.reverse(points);
        for (String point : points) {
            Command.of("umount", point).run();
        }
    }
}
