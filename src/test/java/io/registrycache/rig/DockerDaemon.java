package io.registrycache.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Docker daemon of the test's own, with no image in it; references are {@code 127.0.0.1:<port>/<name>:<tag>}. */
public final class DockerDaemon implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Pattern API_VERSION = Pattern.compile("(?i)\nApi-Version: *([0-9.]+)");

    private final TempFolder folder = TempFolder.create();
    private final Program program;
    private final String client;
    private final Map<String, String> environment;

    /**
     * A daemon of these programs.
     *
     * @param daemonsOwn its environment
     */
    private DockerDaemon(String dockerd, String client, Map<String, String> daemonsOwn, String... flags) {
        this.client = client;
        this.environment = new HashMap<>(daemonsOwn);
        List<String> command = new ArrayList<>(List.of(
                dockerd,
                "--data-root=" + folder.resolve("data"),
                "--exec-root=" + folder.resolve("exec"),
                "--pidfile=" + folder.resolve("pid"),
                "--host=unix://" + socket(),
                "--bridge=none",
                "--iptables=false",
                "--shutdown-timeout=3"));
        command.addAll(List.of(flags));
        this.program = Program.start(command, daemonsOwn, folder.resolve("output.log"));
        try {
            program.awaitReady(PATIENCE, () -> apiVersion().isPresent());
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        environment.put("DOCKER_HOST", "unix://" + socket());
        environment.put("DOCKER_CONFIG", folder.resolve("client").toString());
        // The client on the PATH may be newer than the daemon, and speak a version that the daemon does not know.
        environment.put("DOCKER_API_VERSION", apiVersion().orElseThrow());
    }

    /**
     * Starts a daemon.
     *
     * @param flags more of dockerd's, such as {@code --registry-mirror=http://127.0.0.1:5000}
     */
    public static DockerDaemon start(String... flags) {
        return new DockerDaemon(
                Environment.required("dockerd"), Environment.required("docker"), Environment.clean(), flags);
    }

    /**
     * Starts the one of Debian's next release, with its containerd and client; skips the test where it cannot be had.
     */
    public static DockerDaemon startNext(String... flags) throws IOException {
        // Its own runc needs a newer C library than this machine may have.
        Needs.rootAnd("runc");
        Path dockerd = NextDebian.file("docker.io", "usr/sbin/dockerd");
        Path containerd = NextDebian.program("containerd");
        Path client = NextDebian.file("docker-cli", "usr/bin/docker");
        Path buildx = NextDebian.file("docker-buildx", "usr/libexec/docker/cli-plugins/docker-buildx");
        Map<String, String> environment = Environment.clean();
        environment.put(
                "PATH",
                containerd.getParent() + ":" + dockerd.getParent() + ":" + environment.getOrDefault("PATH", ""));
        DockerDaemon daemon = new DockerDaemon(dockerd.toString(), client.toString(), environment, flags);
        Files.createDirectories(daemon.folder.resolve("client"));
        Files.writeString(
                daemon.folder.resolve("client/config.json"),
                "{\"cliPluginsExtraDirs\":[\"" + buildx.getParent() + "\"]}");
        return daemon;
    }

    /** Skips the test, so that one can see it, where a daemon is not installed. */
    public static void assumeAvailable() {
        Needs.rootAnd("dockerd", "docker");
    }

    /** Skips the test where no client can build with BuildKit, which newer ones need a plugin for. */
    public static void assumeBuildKit() {
        assumeAvailable();
        Needs.that(buildKitClient().isPresent(), "docker's buildx, or a docker older than 23");
    }

    private static Optional<Command> buildKitClient() {
        return Environment.programs("docker").stream()
                .map(client -> Command.of(client.toString()).with("DOCKER_BUILDKIT", "1"))
                .filter(client -> client.and("build", "--help").succeeds())
                .findFirst();
    }

    /** Builds a Dockerfile with the BuildKit that is part of the daemon. */
    public void buildWithBuildKit(Path context, String tag) {
        Command client = buildKitClient().orElseThrow();
        new Command(client.words(), environment)
                .with("DOCKER_BUILDKIT", "1")
                .and("build", "--tag=" + tag, context.toString())
                .run();
    }

    public String pull(String reference) {
        return docker("pull", reference);
    }

    /** Runs a container to its end on the machine's network, and returns its output. */
    public String run(String image, String... words) {
        return command("run", "--rm", "--network=host", image).and(words).run();
    }

    /** All images, as {@code <repository>:<tag>}. */
    public List<String> images() {
        return docker("images", "--format={{.Repository}}:{{.Tag}}").lines().toList();
    }

    /** The digest of the manifest or index that the image was pulled by. */
    public String inspectDigest(String reference) {
        String pulled = docker("image", "inspect", "--format={{index .RepoDigests 0}}", reference);
        return pulled.substring(pulled.indexOf('@') + 1).strip();
    }

    /** The image's id, which is the digest of its config. */
    public String imageId(String reference) {
        return docker("image", "inspect", "--format={{.Id}}", reference).strip();
    }

    public void remove(String reference) {
        docker("image", "rm", "--force", reference);
    }

    /** Runs any docker command, and returns its output. */
    public String docker(String... words) {
        return command(words).run();
    }

    /** A docker command, not yet run. */
    public Command command(String... words) {
        return new Command(List.of(client), environment).and(words);
    }

    /** A program that talks to this daemon by docker commands of its own. */
    public Command beside(String... words) {
        return new Command(List.of(words), environment);
    }

    public Path socket() {
        return folder.resolve("docker.sock");
    }

    public Program program() {
        return program;
    }

    private Optional<String> apiVersion() {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket()));
            String ping = "GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n";
            channel.write(ByteBuffer.wrap(ping.getBytes(StandardCharsets.US_ASCII)));
            byte[] answer = Channels.newInputStream(channel).readAllBytes();
            Matcher matcher = API_VERSION.matcher(new String(answer, StandardCharsets.UTF_8));
            return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        try {
            removeContainers();
        } finally {
            program.close();
            unmount();
            folder.close();
        }
    }

    /** Containers would outlive a daemon that loses its patience with them. */
    private void removeContainers() {
        if (program.isAlive() && environment.containsKey("DOCKER_API_VERSION")) {
            docker("ps", "--all", "--quiet").lines().forEach(id -> docker("rm", "--force", id));
        }
    }

    private void unmount() {
        try {
            Mounts.removeBelow(folder.path());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
