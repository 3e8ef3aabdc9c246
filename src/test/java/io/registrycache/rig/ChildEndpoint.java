package io.registrycache.rig;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NoSuchElementException;

/** Where a child registry of the cache listens, so that a test can ask it directly. */
public final class ChildEndpoint {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private ChildEndpoint() {}

    /** The {@code 127.0.0.1:<port>} of the child of an upstream. */
    public static String of(CacheProcess cache, String upstream) throws IOException {
        for (long pid : cache.program().children()) {
            String[] words = Files.readString(Path.of("/proc/" + pid + "/cmdline"))
                    .replaceAll("\0$", "")
                    .split("\0");
            Path config = Path.of(words[words.length - 1]);
            if (config.endsWith(upstream + ".json")) {
                return JSON.readTree(config.toFile()).at("/http/addr").asText();
            }
        }
        throw new NoSuchElementException("no child of " + upstream);
    }
}
