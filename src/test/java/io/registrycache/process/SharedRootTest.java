package io.registrycache.process;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.registrycache.config.ConfigException;
import io.registrycache.config.Upstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedRootTest {

    private static final Map<String, String> AZURE =
            Map.of("REGISTRY_STORAGE", "azure", "REGISTRY_STORAGE_AZURE_CONTAINER", "cache");

    @TempDir
    Path temp;

    /** The output of the official registry. */
    private Path registry(String version) throws IOException {
        Path program = Files.writeString(
                temp.resolve("registry"),
                "#!/bin/sh\necho registry github.com/distribution/distribution " + version + "\n");
        program.toFile().setExecutable(true);
        return program;
    }

    private static Upstream upstream(String host, Map<String, String> variables) {
        return Upstream.of("test", host, "", List.of(), variables);
    }

    @Test
    void shouldRefuseOneContainerForTwoUpstreamsOfVersion2() throws IOException {
        Path registry = registry("v2.8.3");
        List<Upstream> upstreams = List.of(upstream("ghcr.io", Map.of()), upstream("quay.io", Map.of()));

        assertThatThrownBy(() -> SharedRoot.refuse(upstreams, AZURE, registry))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("ghcr.io and quay.io in one place");
    }

    @Test
    void shouldAcceptOneContainerEachAndVersion3() throws IOException {
        List<Upstream> separate = List.of(
                upstream("ghcr.io", Map.of()),
                upstream("quay.io", Map.of("REGISTRY_STORAGE_AZURE_CONTAINER", "other")));
        List<Upstream> together = List.of(upstream("ghcr.io", Map.of()), upstream("quay.io", Map.of()));
        Path old = registry("v2.8.3");

        assertThatCode(() -> SharedRoot.refuse(separate, AZURE, old)).doesNotThrowAnyException();
        assertThatCode(() -> SharedRoot.refuse(together, Map.of(), old)).doesNotThrowAnyException();
        Path current = registry("v3.0.0");
        assertThatCode(() -> SharedRoot.refuse(together, AZURE, current)).doesNotThrowAnyException();
    }
}
