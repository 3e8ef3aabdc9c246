package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.dockerjava.api.model.Bind;
import io.registrycache.rig.CacheImage;
import io.registrycache.rig.Command;
import io.registrycache.rig.CommandBlock;
import io.registrycache.rig.DockerDaemon;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.Needs;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.Ports;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.S3Proxy;
import io.registrycache.rig.UpstreamRegistry;
import io.registrycache.rig.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/**
 * The image that the Dockerfile builds, run as the README and the files in deploy/ say, but on the machine's own network:
 * the daemon of the tests has no other.
 */
class ContainerIT {

    private static final String VERSION = "9.8.7";
    private static final String IMAGE = "docker-registry-cache:test";
    private static final Pattern PUBLISHED = Pattern.compile("ghcr\\.io/registry-cache/docker-registry-cache:\\S+");
    private static final Path DEPLOY = Path.of("deploy");

    private static DockerDaemon docker;
    private static UpstreamRegistry upstream;
    private static PushedImage pushed;
    private static boolean inSwarm;

    private final int port = Ports.free();
    private final int managementPort = Ports.free();
    private final String endpoint = "127.0.0.1:" + port;

    @TempDir
    Path temp;

    @BeforeAll
    static void build() throws IOException {
        DockerDaemon.assumeAvailable();
        docker = DockerDaemon.start("--host=" + System.getenv("DOCKER_HOST"), "--insecure-registry=127.0.0.0/8");
        upstream = UpstreamRegistry.open();
        try (OciImage image = OciImage.random(1, 50_000, 5_000_000)) {
            pushed = image.push(upstream, "my/image", "1");
        }
        CacheImage.build(docker, IMAGE, VERSION);
        System.out.println("image: "
                + docker.docker("image", "inspect", "--format={{.Size}}", IMAGE).strip() + " bytes");
    }

    @AfterAll
    static void stop() {
        if (docker != null) {
            if (inSwarm) {
                docker.docker("swarm", "leave", "--force");
            }
            docker.close();
            upstream.close();
        }
    }

    private String config() {
        return "[" + upstream.configElement("ghcr.io") + "]";
    }

    private String reference() {
        return endpoint + "/ghcr.io/my/image:1";
    }

    private void assertPullable() {
        docker.pull(reference());
        assertThat(docker.imageId(reference())).isEqualTo(pushed.configDigest());
        docker.remove(reference());
    }

    private void awaitServing() {
        await().atMost(Duration.ofMinutes(1))
                .until(() -> HttpProbe.status(endpoint, "/v2/").equals(OptionalInt.of(200)));
    }

    /** The README's command, on a network and ports that the test can have. */
    private void runAsInTheReadme() throws IOException {
        String words = CommandBlock.runBy(ContainerIT.class, "README.md").text();
        words = words.replace("\\\n", " ").replaceAll(" +", " ");
        words = PUBLISHED.matcher(words).replaceAll("");
        assertThat(words).startsWith("docker run ");
        words = words.substring("docker run ".length());
        assertThat(words).contains("-p 5000:5000");
        words = words.replace("-p 5000:5000", "--network=host");
        docker.command("run")
                .and(words.strip().split(" "))
                .and("--env=CACHE_HOST=127.0.0.1", "--env=CACHE_PORT=" + port)
                .and("--env=MANAGEMENT_HOST=127.0.0.1", "--env=MANAGEMENT_PORT=" + managementPort)
                .and("--env=CONFIG=" + config(), "--health-interval=1s", IMAGE)
                .run();
    }

    @Test
    void shouldServeAsTheReadmeStartsIt() throws IOException {
        long start = System.nanoTime();
        runAsInTheReadme();
        awaitServing();
        System.out.printf("first 200 after %d ms, docker run included%n", (System.nanoTime() - start) / 1_000_000);
        assertPullable();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> inspect("{{.State.Health.Status}}").equals("healthy"));
        assertThat(docker.docker("exec", "cache", "id", "-u").strip()).isEqualTo("10001");
        assertThat(inspect("{{index .Config.Labels \"org.opencontainers.image.licenses\"}}"))
                .isEqualTo("Apache-2.0");

        assertThat(docker.docker(
                        "exec",
                        "cache",
                        "java",
                        "-jar",
                        "/app/docker-registry-cache.jar",
                        "purge",
                        "ghcr.io/my/image:1"))
                .matches("ghcr.io/my/image:1: [0-9]+ bytes freed\\s*");
        assertThat(docker.docker(
                        "exec",
                        "cache",
                        "java",
                        "-jar",
                        "/app/docker-registry-cache.jar",
                        "warm",
                        "ghcr.io/my/image:1"))
                .contains("ghcr.io/my/image:1: cached, 3 of 3 layers pulled");
        assertPullable();
        assertThat(docker.command("run")
                        .and("--rm", "--network=host", "--env=CACHE_PORT=" + port, "--env=CONFIG=" + config())
                        .and("--env=MANAGEMENT_PORT=" + managementPort, IMAGE, "--check")
                        .run())
                .contains("as a docker-registry-cache runs", "ok          ghcr.io", "no problems");

        docker.docker("stop", "cache");
        assertThat(inspect("{{.State.ExitCode}}")).isEqualTo("0");
        docker.docker("rm", "cache");

        // The volume outlives the container.
        upstream.stop();
        try {
            runAsInTheReadme();
            awaitServing();
            assertPullable();
        } finally {
            upstream.start();
            docker.docker("rm", "--force", "cache");
        }
    }

    /** The release workflow runs the same check. */
    @Test
    void shouldHaveTheVersionOfItsBuildInLabelAndProgram() {
        docker.beside(".ci/image-version", IMAGE, VERSION).run();

        assertThat(docker.beside(".ci/image-version", IMAGE, "9.8").succeeds()).isFalse();
    }

    private String inspect(String format) {
        return docker.docker("inspect", "--format=" + format, "cache").strip();
    }

    @Test
    void shouldRunOnAReadOnlyRootWithRoutesFromOutside() throws IOException {
        Path routes = temp.resolve("upstreams.camel.yaml");
        Files.writeString(routes, """
                - templatedRoute:
                    routeTemplateRef: upstream
                    routeId: mine.example
                    parameters:
                      - { name: name, value: mine.example }
                      - { name: registry, value: "%s" }
                """.formatted(upstream.url()));
        try (GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(IMAGE))) {
            container
                    .withImagePullPolicy(name -> false)
                    .withNetworkMode("host")
                    .withEnv(Map.of(
                            "CACHE_HOST", "127.0.0.1",
                            "CACHE_PORT", Integer.toString(port),
                            "MANAGEMENT_HOST", "127.0.0.1",
                            "MANAGEMENT_PORT", Integer.toString(managementPort),
                            "CONFIG", config()))
                    // withFileSystemBind would first try with an image that has to be pulled.
                    .withCreateContainerCmdModifier(command -> command.getHostConfig()
                            .withReadonlyRootfs(true)
                            .withBinds(Bind.parse(routes + ":/routes/upstreams.camel.yaml:ro")))
                    .waitingFor(Wait.forLogMessage(".*serving on.*\n", 1));
            container.start();

            awaitServing();
            docker.pull(endpoint + "/mine.example/my/image:1");
            assertThat(docker.imageId(endpoint + "/mine.example/my/image:1")).isEqualTo(pushed.configDigest());
            docker.remove(endpoint + "/mine.example/my/image:1");
        }
    }

    @Test
    void shouldServeFromTheStackOnTheFilesystem() throws IOException {
        deploy("stack-filesystem.yml", Map.of());
        assertPullable();
        await().atMost(Duration.ofSeconds(40))
                .until(() -> docker.docker("stack", "services", "--format={{.Name}} {{.Replicas}}", "cache")
                        .contains("cache_zzz_proxy 1/1"));
        removeStack();
    }

    @Test
    void shouldServeFromTheStackOnABucket() throws IOException {
        try (S3Proxy s3 = S3Proxy.start()) {
            deploy("stack-minio.yml", s3.variables());
            assertPullable();
            await().until(() -> s3.blobs("ghcr.io") == 4);
            removeStack();
        }
    }

    @Test
    void shouldServeFromTheStackOfReplicasWithSecrets() throws IOException {
        try (S3Proxy s3 = S3Proxy.start()) {
            joinSwarm();
            Path config = Files.writeString(temp.resolve("config.json"), config());
            Path secret = Files.writeString(temp.resolve("secret"), S3Proxy.SECRET_KEY + "\n");
            docker.docker("secret", "create", "cache_config", config.toString());
            docker.docker("secret", "create", "cache_s3_secret", secret.toString());
            String documented =
                    CommandBlock.runBy(ContainerIT.class, "docs/configure.md").text();
            docker.beside("sh", "-c", documented).run();
            assertThat(docker.docker("secret", "ls")).contains("dockerhub_token");
            Map<String, String> variables = new HashMap<>(s3.variables());
            variables.remove("REGISTRY_STORAGE_S3_SECRETKEY");
            deploy("stack-replicas.yml", variables);
            assertPullable();
            await().until(() -> s3.blobs("ghcr.io") == 4);
            removeStack();
        }
    }

    @Test
    void shouldServeFromTheComposeFile() throws IOException {
        Needs.programs("docker-compose");
        ObjectNode compose = yaml("compose.yaml");
        ObjectNode service = (ObjectNode) compose.at("/services/cache");
        service.put("image", IMAGE).put("network_mode", "host").remove("ports");
        here((ObjectNode) service.get("environment"));
        Path changed = Files.writeString(temp.resolve("compose.yaml"), compose.toString());
        Command command = docker.beside("docker-compose", "--file=" + changed, "--project-name=cache");
        command.and("up", "--detach").run();
        try {
            awaitServing();
            assertPullable();
        } finally {
            command.and("down", "--volumes").run();
        }
    }

    private static synchronized void joinSwarm() {
        if (!inSwarm) {
            docker.docker("swarm", "init", "--advertise-addr=127.0.0.1", "--listen-addr=127.0.0.1:" + Ports.free());
            inSwarm = true;
        }
    }

    /** Deploys a stack file with the image, ports, upstreams and bucket of the test in place of those that it names. */
    private void deploy(String file, Map<String, String> variables) throws IOException {
        joinSwarm();
        ObjectNode stack = yaml(file);
        ObjectNode services = (ObjectNode) stack.get("services");
        services.remove(List.of("s3", "zzz_s3"));
        for (JsonNode service : services) {
            ObjectNode changed = (ObjectNode) service;
            assertThat(changed.get("image").asText()).matches(PUBLISHED);
            changed.put("image", IMAGE).remove("ports");
            changed.putArray("networks").add("host");
            if (changed.at("/deploy/replicas").asInt() > 1) {
                // They would need the same port.
                ((ObjectNode) changed.get("deploy")).put("replicas", 1).remove("update_config");
            }
            if (changed.has("environment")) {
                ObjectNode environment = (ObjectNode) changed.get("environment");
                variables.forEach(environment::put);
                here(environment);
            }
        }
        stack.putObject("networks").putObject("host").put("external", true).put("name", "host");
        Path changed = Files.writeString(temp.resolve(file), stack.toString());
        docker.docker("stack", "deploy", "--compose-file=" + changed, "--resolve-image=never", "cache");
        awaitServing();
    }

    /** Says where the program is to listen, and where to pull from. */
    private void here(ObjectNode environment) {
        if (environment.has("CONFIG")) {
            environment.put("CONFIG", config());
        }
        environment.put("CACHE_HOST", "127.0.0.1").put("CACHE_PORT", Integer.toString(port));
        environment.put("MANAGEMENT_HOST", "127.0.0.1").put("MANAGEMENT_PORT", Integer.toString(managementPort));
    }

    private void removeStack() {
        docker.docker("stack", "rm", "cache");
        await().atMost(Duration.ofMinutes(1))
                .until(() -> docker.docker("ps", "--quiet").isBlank());
    }

    private static ObjectNode yaml(String file) throws IOException {
        return (ObjectNode)
                Yaml.documents(Files.readString(DEPLOY.resolve(file))).get(0);
    }
}
