package io.registrycache.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.registrycache.config.Upstream;
import io.registrycache.config.Upstreams;
import io.registrycache.request.RegistryException;
import io.registrycache.request.RegistryRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentStoreTest {

    private static final String HEX = "ab" + "0123456789abcde".repeat(4) + "01";
    private static final String MANIFEST = "{\"mediaType\": \"application/vnd.oci.image.manifest.v1+json\"}";

    @TempDir
    Path folder;

    private boolean sound = true;
    private ContentStore store;
    private Upstreams upstreams;

    @BeforeEach
    void anEmptyStore() {
        store = new ContentStore(new Layout(folder), new InUse(), () -> sound, new SmallContent());
        // Another name each time, for small content is remembered by it.
        String name = "u" + UUID.randomUUID();
        upstreams = new Upstreams(List.of(Upstream.of("test", "ghcr.io", name, List.of(), Map.of())));
    }

    private Optional<Content> find(String path) throws RegistryException {
        return store.find(RegistryRequest.of("GET", "/v2/a/b/" + path, upstreams));
    }

    private void write(String path, byte[] bytes) throws IOException {
        Path file = folder.resolve("docker/registry/v2").resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }

    private void blob(byte[] bytes) throws IOException {
        write("blobs/sha256/ab/" + HEX + "/data", bytes);
    }

    private void link(String kind) throws IOException {
        write(
                "repositories/a/b/" + kind + "/sha256/" + HEX + "/link",
                ("sha256:" + HEX).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldFindALargeBlobOnDisk() throws Exception {
        blob(new byte[100_000]);
        link("_layers");

        assertThat(find("blobs/sha256:" + HEX))
                .hasValueSatisfying(content -> assertThat(content).isInstanceOf(Content.OnDisk.class))
                .hasValueSatisfying(content -> assertThat(content.size()).isEqualTo(100_000));
    }

    @Test
    void shouldKeepASmallBlobInMemory() throws Exception {
        blob(new byte[100]);
        link("_layers");

        assertThat(find("blobs/sha256:" + HEX)).containsInstanceOf(Content.InMemory.class);
        assertThat(find("blobs/sha256:" + HEX).orElseThrow())
                .isSameAs(find("blobs/sha256:" + HEX).orElseThrow());
    }

    @Test
    void shouldFindAManifestWithItsType() throws Exception {
        blob(MANIFEST.getBytes(StandardCharsets.UTF_8));
        link("_manifests/revisions");

        assertThat(find("manifests/sha256:" + HEX).orElseThrow().type())
                .isEqualTo("application/vnd.oci.image.manifest.v1+json");
    }

    @Test
    void shouldLeaveAManifestOfAnUnknownMediaTypeToTheChild() throws Exception {
        link("_manifests/revisions");
        for (String type : List.of("application/json", "text/html\\r\\nSet-Cookie: a=b")) {
            blob("{\"mediaType\": \"%s\"}".formatted(type).getBytes(StandardCharsets.UTF_8));

            assertThat(find("manifests/sha256:" + HEX)).isEmpty();
        }
    }

    @Test
    void shouldNotServeContentThatTheRepositoryDoesNotLinkTo() throws Exception {
        blob(new byte[100]);
        assertThat(find("blobs/sha256:" + HEX)).isEmpty();

        link("_manifests/revisions");
        assertThat(find("blobs/sha256:" + HEX)).isEmpty();
    }

    @Test
    void shouldServeNothingBeforeTheStorageHasBeenChecked() throws Exception {
        blob(new byte[100]);
        link("_layers");
        sound = false;

        assertThat(find("blobs/sha256:" + HEX)).isEmpty();
    }

    @Test
    void shouldLeaveMissingAndMalformedContentToTheChild() throws Exception {
        assertThat(find("blobs/sha256:" + HEX)).isEmpty();
        assertThat(find("manifests/latest")).isEmpty();

        link("_layers");
        assertThat(find("blobs/sha256:" + HEX)).isEmpty();

        blob(new byte[0]);
        assertThat(find("blobs/sha256:" + HEX)).isEmpty();

        link("_manifests/revisions");
        blob("no json".getBytes(StandardCharsets.UTF_8));
        assertThat(find("manifests/sha256:" + HEX)).isEmpty();

        write("repositories/a/b/_layers/sha256/" + HEX + "/link", new byte[0]);
        assertThat(find("blobs/sha256:" + HEX)).isEmpty();
    }
}
