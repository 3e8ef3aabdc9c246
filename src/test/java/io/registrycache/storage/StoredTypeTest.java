package io.registrycache.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoredTypeTest {

    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String IMAGE = "application/vnd.oci.image.manifest.v1+json";

    @TempDir
    Path folder;

    private static byte[] bytes(String manifest) {
        return manifest.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
            {'schemaVersion':2,'config':{'mediaType':'x'},'layers':[]}        | application/vnd.oci.image.manifest.v1+json
            {'manifests':[{'mediaType':'x'}],'schemaVersion':2}               | application/vnd.oci.image.index.v1+json
            {'layers':[{}],'mediaType':'application/vnd.oci.image.index.v1+json'} | application/vnd.oci.image.index.v1+json
            {'schemaVersion':2,'mediaType':'text/html'}                       | ``
            {'schemaVersion':1,'fsLayers':[]}                                 | ``
            {'a':{'schemaVersion':2}}                                         | ``
            []                                                                | ``
            """)
    void shouldTellWhatAManifestIs(String manifest, String type) throws IOException {
        assertThat(StoredType.of(bytes(manifest))).isEqualTo(type);
    }

    @Test
    void shouldReadOnlyTheBeginningOfALargeOne() throws IOException {
        String rest = "'annotations':{'a':'" + "x".repeat(2000) + "'}";
        Path says = Files.write(folder.resolve("1"), bytes("{'mediaType':'" + IMAGE + "'," + rest + "}"));
        Path saysLate = Files.write(folder.resolve("2"), bytes("{" + rest + ",'mediaType':'" + INDEX + "'}"));

        assertThat(StoredType.of(says, 1000)).isEqualTo(IMAGE);
        assertThat(StoredType.of(saysLate, 1000)).isEmpty();
        assertThat(StoredType.of(saysLate, 10_000)).isEqualTo(INDEX);
    }
}
