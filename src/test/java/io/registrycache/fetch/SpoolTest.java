package io.registrycache.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.registrycache.request.Digest;
import io.registrycache.storage.Layout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of a download, its record, and the hash of what arrives. */
class SpoolTest {

    @TempDir
    private Path folder;

    private final byte[] content = new byte[1 << 20];
    private Digest digest;

    @BeforeEach
    void someContent() {
        new Random(1).nextBytes(content);
        digest = Digest.sha256Of(content);
    }

    private ByteBuffer[] bytes(int from, int to) {
        return new ByteBuffer[] {ByteBuffer.wrap(content, from, to - from)};
    }

    @Test
    void shouldRememberWhatIsThere() throws IOException {
        Spool spool = Spool.open(folder, digest);
        Part part = new Part(0, 100, 100, 900);
        spool.begin("my/image", content.length);
        spool.record(part);
        part.received(spool.write(bytes(100, 400), 100));
        spool.recordPosition(part);
        spool.close();

        assertThat(Spool.open(folder, digest).recorded()).hasValueSatisfying(recorded -> {
            assertThat(recorded.repository()).isEqualTo("my/image");
            assertThat(recorded.size()).isEqualTo(content.length);
            assertThat(recorded.parts()).singleElement().satisfies(left -> {
                assertThat(left.start()).isEqualTo(100);
                assertThat(left.position()).isEqualTo(400);
                assertThat(left.end()).isEqualTo(900);
            });
        });
    }

    @Test
    void shouldNotBelieveARecordThatMakesNoSense() throws IOException {
        Spool.open(folder, digest).close();
        Path record = folder.resolve("sha256-" + digest.hex() + Layout.SPOOL_RECORD);
        for (byte[] nonsense :
                new byte[][] {{}, {1, 2, 3}, new byte[2000], "x".repeat(3000).getBytes(StandardCharsets.UTF_8)}) {
            Files.write(record, nonsense);
            assertThat(Spool.open(folder, digest).recorded()).isEmpty();
        }
    }

    @Test
    void shouldNotCountMoreThanTheFileHas() throws IOException {
        Spool spool = Spool.open(folder, digest);
        Part part = new Part(0, 0, 500, 900);
        spool.begin("a", content.length);
        spool.record(part);
        spool.write(bytes(0, 200), 0);

        assertThat(spool.recorded().orElseThrow().parts())
                .singleElement()
                .satisfies(left -> assertThat(left.position()).isEqualTo(200));
    }

    @Test
    void shouldHashWhatArrivesInAnyOrder() throws IOException {
        Spool spool = Spool.open(folder, digest);
        ArrivalHash hash = new ArrivalHash(digest);
        spool.write(bytes(500_000, content.length), 500_000);
        hash.arrived(bytes(500_000, content.length), 500_000);
        assertThat(hash.hashed()).isZero();
        spool.write(bytes(0, 500_000), 0);
        hash.arrived(bytes(0, 500_000), 0);
        assertThat(hash.hashed()).isEqualTo(500_000);

        assertThat(hash.beginCatchUp(content.length)).isTrue();
        assertThat(hash.beginCatchUp(content.length)).isFalse();
        hash.catchUp(spool, () -> content.length);

        assertThat(hash.hashed()).isEqualTo(content.length);
        assertThat(hash.beginCatchUp(content.length)).isFalse();
        assertThat(hash.matches(digest)).isTrue();
    }

    @Test
    void shouldLeaveNothingBehind() throws IOException {
        Spool spool = Spool.open(folder, digest);
        spool.begin("a", 1);
        spool.delete();

        assertThat(folder).isEmptyDirectory();
    }
}
