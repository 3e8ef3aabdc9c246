package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;

import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.Command;
import io.registrycache.rig.CommandBlock;
import io.registrycache.rig.DockerDaemon;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.ImageFormat;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.Ports;
import io.registrycache.rig.Program;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The commands of the pages for readers, typed as they stand there, with the addresses and registries of this test. */
class DocumentedCommandsIT {

    private static final Duration PATIENCE_AT_START = Duration.ofMinutes(2);
    private static final Duration PATIENCE_AT_STOP = Duration.ofSeconds(40);
    private static final String SERVICE = "services:\n  it:\n    image: postgres:16\n";
    private static final String POD = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - image: %s\n";

    private static UpstreamRegistry hub;
    private static UpstreamRegistry ghcr;
    private static CacheProcess cache;
    private static @Nullable DockerDaemon docker;

    /** A reader's copy of the project, with the files that the pages mention. */
    @TempDir
    private static Path checkout;

    @BeforeAll
    static void start() throws IOException {
        hub = UpstreamRegistry.open();
        ghcr = UpstreamRegistry.open();
        try (OciImage image = OciImage.random(ImageFormat.DOCKER, "amd64", 31, 100_000)) {
            image.push(hub, "library/postgres", "16");
            image.push(ghcr, "my/image", "tag");
            image.push(ghcr, "my/other", "1");
        }
        cache = CacheProcess.builder().config(config()).start();
        copyProject();
        Files.writeString(checkout.resolve("images.txt"), "ghcr.io/my/image:tag\nghcr.io/my/other:1\n");
        Files.writeString(checkout.resolve("compose.yaml"), SERVICE);
        Files.writeString(checkout.resolve("deployment.yaml"), POD.formatted("ghcr.io/my/image:tag"));
    }

    private static String config() {
        return "[" + hub.configElement("registry-1.docker.io") + ", " + ghcr.configElement("ghcr.io") + "]";
    }

    /** Only a part is copied: the tested build is used as it is, and not built again. */
    private static void copyProject() throws IOException {
        Command.of("cp", "-a", "run", ".ci", "pom.xml", "java.options", checkout.toString())
                .run();
        for (String folder : new String[] {"src", "routes", "target"}) {
            Files.createSymbolicLink(checkout.resolve(folder), Path.of(folder).toAbsolutePath());
        }
    }

    @AfterAll
    static void stop() {
        if (docker != null) {
            docker.close();
        }
        cache.close();
        hub.close();
        ghcr.close();
    }

    static Stream<CommandBlock> commands() {
        return CommandBlock.all().filter(block -> block.mark().equals("run"));
    }

    static Stream<CommandBlock> starts() {
        return CommandBlock.all().filter(block -> block.mark().equals("start"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("commands")
    void shouldRunACommandOfThePagesBesideTheProgram(CommandBlock block) throws IOException {
        String text = block.text();
        if (text.contains("purge")) {
            fillStorage();
        }
        inCheckout(block, cache.endpoint(), cache.managementEndpoint())
                .with("CACHE_PORT", portOf(cache.endpoint()))
                .with("MANAGEMENT_PORT", portOf(cache.managementEndpoint()))
                .with(
                        "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY",
                        cache.storage().toString())
                .run();
    }

    private void fillStorage() throws IOException {
        for (String image : new String[] {"my/image/manifests/tag", "my/other/manifests/1"}) {
            assertThat(HttpProbe.status(cache.endpoint(), "/v2/ghcr.io/" + image))
                    .hasValue(200);
        }
        Path removed = cache.storage().resolve("old.example.com");
        Command.of("cp", "-a", cache.storage().resolve("ghcr.io").toString(), removed.toString())
                .run();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("starts")
    void shouldServeAsThePagesStartItAndEndWithZero(CommandBlock block) {
        String endpoint = "127.0.0.1:" + Ports.free();
        String management = "127.0.0.1:" + Ports.free();
        Command command = inCheckout(block, endpoint, management)
                .with("CACHE_PORT", portOf(endpoint))
                .with("MANAGEMENT_PORT", portOf(management))
                .with("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", checkout + "/data-" + block.line());
        try (Program program =
                Program.start(command.words(), command.environment(), checkout.resolve(block.line() + ".log"))) {
            program.awaitReady(
                    PATIENCE_AT_START, () -> HttpProbe.status(endpoint, "/v2/").equals(OptionalInt.of(200)));
            assertThat(HttpProbe.status(endpoint, "/v2/ghcr.io/my/image/manifests/tag"))
                    .hasValue(200);

            program.signal("TERM");
            assertThat(program.waitFor(PATIENCE_AT_STOP)).as(program.tail()).isZero();
        }
    }

    /** In a shell that stops at the first command that fails. */
    private static Command inCheckout(CommandBlock block, String endpoint, String management) {
        String text = block.text()
                .replace("127.0.0.1:5000", endpoint)
                .replace("127.0.0.1:9876", management)
                .replace("cache.example.com", "127.0.0.1")
                .replace("9010", Integer.toString(Ports.free()));
        if (block.mark().equals("start")) {
            // So the signal reaches the program.
            text = text.replaceFirst("((?:\\w+=\\S+ )*)(\\S+[^\\n]*)$", "$1exec $2");
        }
        String script = "cd " + checkout + "\n" + text;
        return (text.contains("docker ") ? docker().beside() : Command.of())
                .and("bash", "-euo", "pipefail", "-c", script)
                .with("CONFIG", config())
                .with("CACHE_HOST", "127.0.0.1");
    }

    private static DockerDaemon docker() {
        DockerDaemon.assumeAvailable();
        DockerDaemon running = docker;
        if (running == null) {
            running = DockerDaemon.start();
            docker = running;
        }
        return running;
    }

    private static String portOf(String endpoint) {
        return endpoint.substring(endpoint.lastIndexOf(':') + 1);
    }
}
