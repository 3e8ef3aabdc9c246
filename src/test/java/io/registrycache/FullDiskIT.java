package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;

import io.registrycache.rig.Blob;
import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.Command;
import io.registrycache.rig.Download;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.UpstreamRegistry;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The storage has no room. */
class FullDiskIT {

    @TempDir
    Path disk;

    private UpstreamRegistry upstream;
    private OciImage image;
    private PushedImage pushed;

    @BeforeEach
    void aSmallDisk() throws IOException {
        try {
            Command.of("mount", "-t", "tmpfs", "-o", "size=10m", "tmpfs", disk.toString())
                    .run();
        } catch (IllegalStateException e) {
            System.out.println("SKIPPED: a small disk needs the right to mount one");
            Assumptions.abort("cannot mount");
        }
        upstream = UpstreamRegistry.open();
        image = OciImage.random(1, 30_000_000);
        pushed = image.push(upstream, "a/b", "1");
    }

    @AfterEach
    void unmount() {
        if (upstream != null) {
            upstream.close();
            image.close();
            Command.of("umount", "-l", disk.toString()).run();
        }
    }

    /** Tries until it comes whole; every try must give the right bytes or be seen to fail. */
    private static boolean isServed(CacheProcess cache, Blob blob) throws IOException {
        try {
            Download.Result result = Download.of(cache.url() + "/v2/ghcr.io/a/b/blobs/" + blob.digest())
                    .run();
            assertThat(result.status() == 200 ? result.digest() : blob.digest()).isEqualTo(blob.digest());
            return result.status() == 200;
        } catch (EOFException e) {
            return false;
        }
    }

    @Test
    void shouldServeRightBytesOrAnErrorFromAFullDiskAndRecoverWithRoom() throws IOException {
        Blob blob = pushed.layers().get(0);
        try (CacheProcess cache = CacheProcess.builder()
                .storage(disk)
                .upstreams(upstream.configElement("ghcr.io"))
                .start()) {
            int served = 0;
            for (int i = 0; i < 3; i++) {
                served += isServed(cache, blob) ? 1 : 0;
            }
            System.out.println("From a full disk " + served + " of 3 pulls came whole, and none with wrong bytes");

            Command.of("mount", "-o", "remount,size=200m", disk.toString()).run();

            assertThat(isServed(cache, blob)).isTrue();
            cache.awaitCached("ghcr.io", blob);
            assertThat(isServed(cache, blob)).isTrue();
        }
    }
}
