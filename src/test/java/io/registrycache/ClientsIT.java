package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainer;
import com.google.cloud.tools.jib.api.RegistryImage;
import com.google.cloud.tools.jib.api.TarImage;
import com.marcnuri.helm.Helm;
import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.Containerd;
import io.registrycache.rig.DockerDaemon;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.ImageFormat;
import io.registrycache.rig.MirrorClient;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.PushedIndex;
import io.registrycache.rig.Recipe;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Real clients, set up as the documentation's recipes say, pull by the names that images have in the world. */
class ClientsIT {

    private static UpstreamRegistry hub;
    private static UpstreamRegistry ghcr;
    private static CacheProcess cache;
    private static OciImage image;
    private static PushedImage debian;
    private static PushedImage ours;
    private static PushedIndex many;

    @TempDir
    Path temp;

    @BeforeAll
    static void start() throws IOException {
        hub = UpstreamRegistry.open();
        ghcr = UpstreamRegistry.open();
        image = OciImage.random(ImageFormat.DOCKER, "amd64", 21, 100_000, 1_000_000);
        debian = image.push(hub, "library/debian", "12");
        try (OciImage amd = OciImage.random(22, 2_000_000);
                OciImage arm = OciImage.random(ImageFormat.OCI, "arm64", 23, 1000)) {
            ours = amd.push(ghcr, "my/image", "1");
            many = OciImage.pushIndex(ghcr, "many/platforms", "1", amd, arm);
        }
        cache = CacheProcess.builder()
                .upstreams(hub.configElement("registry-1.docker.io"), ghcr.configElement("ghcr.io"))
                .start();
    }

    @AfterAll
    static void stop() {
        cache.stop();
        cache.assertNoLeak();
        cache.close();
        image.close();
        hub.close();
        ghcr.close();
    }

    private static Recipe recipe(String file) {
        return Recipe.of(file, cache.endpoint());
    }

    @Test
    void containerdShouldPullFromEveryRegistryWithOneDefaultHost() {
        Containerd.assumeAvailable();
        recipe("/etc/containerd/certs.d/_default/hosts.toml").writeTo(temp.resolve("certs.d/_default/hosts.toml"));
        try (Containerd containerd = Containerd.start()) {
            Map<String, String> expected = Map.of(
                    "ghcr.io/my/image:1", ours.manifestDigest(),
                    "ghcr.io/many/platforms:1", many.digest(),
                    "docker.io/library/debian:12", debian.manifestDigest());
            expected.forEach((name, digest) -> {
                // Cold, and warm.
                for (int time = 0; time < 2; time++) {
                    containerd.pull(name, temp.resolve("certs.d"));
                    assertThat(containerd.digest(name)).as(name).isEqualTo(digest);
                    containerd.remove(name);
                }
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldServeClientsWithMirrorsInTheirRegistriesConf(MirrorClient.Kind kind) throws IOException {
        kind.assumeAvailable();
        try (MirrorClient client = MirrorClient.start(kind, recipe("/etc/containers/registries.conf.d/cache.conf"))) {
            assertThat(client.pull("ghcr.io/my/image:1")).isEqualTo(ours.manifestDigest());
            assertThat(client.pull("docker.io/library/debian:12")).isEqualTo(debian.manifestDigest());
        }
    }

    @Test
    void dockerShouldPullWithTheDaemonsConfiguration() {
        DockerDaemon.assumeAvailable();
        Path config = recipe("/etc/docker/daemon.json").writeTo(temp.resolve("daemon.json"));
        try (DockerDaemon docker = DockerDaemon.start("--config-file=" + config)) {
            docker.pull("debian:12");
            docker.pull(cache.endpoint() + "/ghcr.io/my/image:1");

            assertThat(docker.imageId("debian:12")).isEqualTo(debian.configDigest());
            assertThat(docker.imageId(cache.endpoint() + "/ghcr.io/my/image:1")).isEqualTo(ours.configDigest());
        }
    }

    /** The same library as buildkitd's: it sends ns as well. */
    @Test
    void buildKitShouldPullTheBaseImageThroughTheMirror() throws IOException {
        DockerDaemon.assumeBuildKit();
        Path config = recipe("/etc/docker/daemon.json").writeTo(temp.resolve("daemon.json"));
        Path context = Files.createDirectory(temp.resolve("context"));
        String base = cache.endpoint() + "/ghcr.io/my/image:1";
        Files.writeString(
                context.resolve("Dockerfile"),
                "FROM " + base + " AS other\nFROM debian:12\nCOPY --from=other /random /other\n");
        try (DockerDaemon docker = DockerDaemon.start("--config-file=" + config)) {
            docker.buildWithBuildKit(context, "built");

            assertThat(docker.images()).contains("built:latest");
        }
    }

    @ParameterizedTest
    @EnumSource
    void jibShouldBuildOnABaseImage(ImageFormat format) throws Exception {
        try (OciImage base = OciImage.random(format, "amd64", 24 + format.ordinal(), 300_000)) {
            String name = "jib/" + format.name().toLowerCase(Locale.ROOT);
            PushedImage pushed = base.push(ghcr, name, "1");
            Path tar = temp.resolve("image.tar");

            JibContainer built = Jib.from(RegistryImage.named(cache.endpoint() + "/ghcr.io/" + name + ":1"))
                    .containerize(Containerizer.to(TarImage.at(tar).named("built"))
                            .setAllowInsecureRegistries(true)
                            .setBaseImageLayersCache(temp.resolve("layers"))
                            .setApplicationLayersCache(temp.resolve("application")));

            assertThat(built.getDigest()).isNotNull();
            assertThat(tar).isNotEmptyFile();
            String hex = pushed.layers().get(0).digest().substring("sha256:".length());
            assertThat(temp.resolve("layers/layers/" + hex)).isDirectory();
        }
    }

    /** Helm itself, as a library; it reads registries with ORAS's. */
    @Test
    void helmShouldPullAChart() {
        Helm.create()
                .withName("chart")
                .withDir(temp)
                .call()
                .packageIt()
                .withDestination(temp)
                .call();
        URI repository = URI.create("oci://" + ghcr.host() + "/my");
        Helm.push()
                .withChart(temp.resolve("chart-0.1.0.tgz"))
                .withRemote(repository)
                .plainHttp()
                .call();
        String chart = "oci://" + cache.endpoint() + "/ghcr.io/my/chart";

        for (int time = 0; time < 2; time++) {
            assertThat(Helm.show(chart).chart().withVersion("0.1.0").plainHttp().call())
                    .contains("name: chart", "version: 0.1.0");
        }
        // Without a version it asks for the tags.
        assertThat(Helm.template(chart).withName("release").plainHttp().call()).contains("kind: Deployment");
    }

    @Test
    void k3sShouldFindTheCacheWhereItsFileSays() throws IOException {
        JsonNode file = yaml(recipe("/etc/rancher/k3s/registries.yaml"));

        URI endpoint = URI.create(file.at("/mirrors/*/endpoint/0").asText());
        assertThat(endpoint.getScheme()).isEqualTo("http");
        // k3s makes containerd's _default of it, with ns.
        assertThat(HttpProbe.status(endpoint.getAuthority(), "/v2/my/image/manifests/1?ns=ghcr.io"))
                .hasValue(200);
    }

    @Test
    void kindShouldMakeContainerdLookIntoTheFolder() throws IOException {
        Containerd.assumeAvailable();
        JsonNode cluster = yaml(recipe("kind-cluster.yaml"));
        String patch = cluster.at("/containerdConfigPatches/0").asText();
        Path config = Files.writeString(temp.resolve("config.toml"), "version = 2\n" + patch);

        assertThat(cluster.path("kind").asText()).isEqualTo("Cluster");
        assertThat(Containerd.dump(config)).contains("config_path = \"/etc/containerd/certs.d\"");
    }

    private static JsonNode yaml(Recipe recipe) {
        Load parser = new Load(LoadSettings.builder().build());
        return new ObjectMapper().valueToTree(parser.loadFromString(recipe.text()));
    }
}
