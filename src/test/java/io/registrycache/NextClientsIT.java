package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;

import io.registrycache.rig.Blob;
import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.Containerd;
import io.registrycache.rig.DockerDaemon;
import io.registrycache.rig.ImageFormat;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.PushedIndex;
import io.registrycache.rig.Recipe;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that are newer than this machine's, set up as the documentation's recipes say. */
class NextClientsIT {

    @TempDir
    Path temp;

    private UpstreamRegistry hub;
    private UpstreamRegistry ghcr;
    private CacheProcess cache;
    private PushedImage debian;
    private PushedImage ours;
    private PushedIndex many;

    @BeforeEach
    void start() throws IOException {
        hub = UpstreamRegistry.open();
        ghcr = UpstreamRegistry.open();
        try (OciImage base = OciImage.random(ImageFormat.DOCKER, "amd64", 31, 1_000_000);
                OciImage amd = OciImage.random(32, 2_000_000);
                OciImage arm = OciImage.random(ImageFormat.OCI, "arm64", 33, 1000)) {
            debian = base.push(hub, "library/debian", "12");
            ours = amd.push(ghcr, "my/image", "1");
            many = OciImage.pushIndex(ghcr, "many/platforms", "1", amd, arm);
        }
        cache = CacheProcess.builder()
                .upstreams(hub.configElement("registry-1.docker.io"), ghcr.configElement("ghcr.io"))
                .start();
    }

    @AfterEach
    void stop() {
        cache.stop();
        cache.assertNoLeak();
        cache.close();
        hub.close();
        ghcr.close();
    }

    private void endUpstreams() {
        cache.awaitCached("ghcr.io", ours.layers().toArray(Blob[]::new));
        cache.awaitCached("registry-1.docker.io", debian.layers().toArray(Blob[]::new));
        hub.stop();
        ghcr.stop();
    }

    @Test
    void containerdShouldPullByTagDigestAndIndexAndDuringOutages() {
        Recipe.of("/etc/containerd/certs.d/_default/hosts.toml", cache.endpoint())
                .writeTo(temp.resolve("certs.d/_default/hosts.toml"));
        try (Containerd containerd = Containerd.startNext()) {
            assertThat(containerd.version()).contains("1.7");
            Map<String, String> expected = Map.of(
                    "ghcr.io/my/image:1",
                    ours.manifestDigest(),
                    "ghcr.io/my/image@" + ours.manifestDigest(),
                    ours.manifestDigest(),
                    "ghcr.io/many/platforms:1",
                    many.digest(),
                    "docker.io/library/debian:12",
                    debian.manifestDigest());
            pullAll(containerd, expected);
            pullAll(containerd, expected);
            endUpstreams();
            pullAll(containerd, expected);
        }
    }

    private void pullAll(Containerd containerd, Map<String, String> expected) {
        expected.forEach((name, digest) -> {
            containerd.pull(name, temp.resolve("certs.d"));
            assertThat(containerd.digest(name)).as(name).isEqualTo(digest);
            containerd.remove(name);
        });
    }

    @Test
    void dockerShouldPullAndBuildByTagDigestAndIndexAndDuringOutages() throws IOException {
        Path config = Recipe.of("/etc/docker/daemon.json", cache.endpoint()).writeTo(temp.resolve("daemon.json"));
        String image = cache.endpoint() + "/ghcr.io/my/image:1";
        String index = cache.endpoint() + "/ghcr.io/many/platforms:1";
        Files.writeString(
                temp.resolve("Dockerfile"),
                "FROM " + index + " AS other\nFROM debian:12\nCOPY --from=other /random /other\n");
        try (DockerDaemon docker = DockerDaemon.startNext("--config-file=" + config)) {
            assertThat(docker.docker("version", "--format={{.Server.Version}}")).startsWith("26.");
            // The base images are cold.
            docker.docker("buildx", "build", "--load", "--tag=built", temp.toString());
            assertThat(docker.images()).contains("built:latest");

            pullAll(docker, image, index);
            endUpstreams();
            pullAll(docker, image, index);
            docker.docker("builder", "prune", "--all", "--force");
            docker.docker("buildx", "build", "--load", "--no-cache", "--pull", "--tag=again", temp.toString());
            assertThat(docker.images()).contains("again:latest");
        }
    }

    private void pullAll(DockerDaemon docker, String image, String index) {
        docker.pull(image);
        assertThat(docker.imageId(image)).isEqualTo(ours.configDigest());
        docker.remove(image);
        String byDigest = image.substring(0, image.lastIndexOf(':')) + "@" + ours.manifestDigest();
        docker.pull(byDigest);
        assertThat(docker.imageId(byDigest)).isEqualTo(ours.configDigest());
        docker.remove(byDigest);
        docker.pull(index);
        assertThat(docker.inspectDigest(index)).isEqualTo(many.digest());
        docker.remove(index);
        docker.pull("debian:12");
        assertThat(docker.imageId("debian:12")).isEqualTo(debian.configDigest());
        docker.remove("debian:12");
    }
}
