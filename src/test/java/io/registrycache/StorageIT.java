package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.registrycache.rig.Blob;
import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.Command;
import io.registrycache.rig.Download;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.HttpReply;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Content that is served straight from the child's files: the same answers as the child's, and without the child. */
class StorageIT {

    private UpstreamRegistry upstream;
    private OciImage image;
    private PushedImage pushed;
    private CacheProcess cache;

    @BeforeEach
    void pullOnce() throws IOException {
        upstream = UpstreamRegistry.open();
        image = OciImage.random(1, 1_000, 40_000_000);
        pushed = image.push(upstream, "a/b", "1");
        cache = CacheProcess.builder()
                .upstreams(upstream.configElement("ghcr.io"))
                .start();
        get(cache.endpoint(), "GET", "/v2/ghcr.io/a/b/manifests/1");
        for (Blob blob :
                List.of(pushed.config(), pushed.layers().get(0), pushed.layers().get(1))) {
            layer(blob).run();
            cache.awaitCached("ghcr.io", blob);
        }
    }

    @AfterEach
    void stop() {
        cache.close();
        image.close();
        upstream.close();
    }

    private Download layer(Blob blob) {
        return Download.of(cache.url() + "/v2/ghcr.io/a/b/blobs/" + blob.digest());
    }

    private HttpReply get(String endpoint, String method, String path, String... headers) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(endpoint)) {
            String[] all = new String[headers.length + 1];
            all[0] = "Accept: " + pushed.mediaType();
            System.arraycopy(headers, 0, all, 1, headers.length);
            probe.request(method, path, all);
            return method.equals("HEAD") ? probe.receiveHead() : probe.receive();
        }
    }

    private String childEndpoint() throws IOException {
        JsonNode file = new ObjectMapper()
                .readTree(Files.readString(cache.storage().resolve(".docker-registry-cache/ghcr.io.json")));
        return file.at("/http/addr").asText();
    }

    @ParameterizedTest
    @CsvSource({
        "GET,  manifests/MANIFEST, ",
        "HEAD, manifests/MANIFEST, ",
        "GET,  blobs/CONFIG,       ",
        "GET,  blobs/LARGE,        ",
        "HEAD, blobs/LARGE,        ",
        "GET,  blobs/LARGE,        bytes=5-99",
        "GET,  blobs/LARGE,        bytes=-7",
        "GET,  blobs/SMALL,        bytes=7-",
    })
    void shouldAnswerAsTheChildDoes(String method, String reference, String range) throws IOException {
        String path = reference
                .replace("MANIFEST", pushed.manifestDigest())
                .replace("CONFIG", pushed.configDigest())
                .replace("SMALL", pushed.layers().get(0).digest())
                .replace("LARGE", pushed.layers().get(1).digest());
        String[] headers = range == null ? new String[0] : new String[] {"Range: " + range};

        HttpReply child = get(childEndpoint(), method, "/v2/a/b/" + path, headers);
        HttpReply here = get(cache.endpoint(), method, "/v2/ghcr.io/a/b/" + path, headers);

        assertThat(here.status()).isEqualTo(child.status());
        assertThat(comparable(here)).isEqualTo(comparable(child));
        assertThat(here.body()).isEqualTo(child.body());
    }

    private static List<String> comparable(HttpReply reply) {
        Predicate<String> own = header -> header.toLowerCase(Locale.ROOT).matches("(date|cache-status):.*");
        return reply.headers().stream()
                .filter(own.negate())
                .map(header -> header.toLowerCase(Locale.ROOT))
                .sorted()
                .toList();
    }

    @Test
    void shouldSayThatARangeBeginsBeyondTheEnd() throws IOException {
        Blob blob = pushed.layers().get(0);
        HttpReply reply =
                get(cache.endpoint(), "GET", "/v2/ghcr.io/a/b/blobs/" + blob.digest(), "Range: bytes=99999999-");

        assertThat(reply.status()).isEqualTo(416);
        assertThat(reply.header("Content-Range")).contains("bytes */" + blob.size());
    }

    @Test
    void shouldServeWhileTheChildHangs() throws IOException {
        for (long child : cache.program().children()) {
            Command.of("kill", "-STOP", Long.toString(child)).run();
        }

        assertThat(layer(pushed.layers().get(1)).run().digest())
                .isEqualTo(pushed.layers().get(1).digest());
        assertThat(get(cache.endpoint(), "GET", "/v2/ghcr.io/a/b/manifests/" + pushed.manifestDigest())
                        .body())
                .isEqualTo(pushed.manifestBytes());
    }

    @Test
    void shouldDeliverABlobWholeThatIsDeletedInMidTransfer() throws Exception {
        Blob blob = pushed.layers().get(1);
        CompletableFuture<Download.Result> slow = CompletableFuture.supplyAsync(() -> {
            try {
                return layer(blob).throttledTo(20_000_000).run();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        Thread.sleep(500);
        Path file = cache.blobFile("ghcr.io", blob);
        Files.delete(file);

        assertThat(slow.get().digest()).isEqualTo(blob.digest());
    }
}
