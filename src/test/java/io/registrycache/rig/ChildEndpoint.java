package io.registrycache.rig;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NoSuchElementException;

/** Where a child registry of the cache listens, so that a test can ask it directly. */
public final class ChildEndpoint {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private ChildEndpoint() {}

    /** The {@code 127.0.0.1:<port>} of the child that pulls from an upstream. */
    public static String of(CacheProcess cache, UpstreamRegistry upstream) throws IOException {
        return of(cache, upstream.url());
    }

    /** The same of an upstream's URL. */
    public static String of(CacheProcess cache, String url) throws IOException {
        for (long pid : cache.program().children()) {
            String[] words = Files.readString(Path.of("/proc/" + pid + "/cmdline"))
                    .replaceAll("\0$", "")
                    .split("\0");
            JsonNode config = JSON.readTree(Path.of(words[words.length - 1]).toFile());
            if (config.at("/proxy/remoteurl").asText().equals(url)) {
                return config.at("/http/addr").asText();
            }
        }
        throw new NoSuchElementException("no child pulls from " + url);
    }
}
