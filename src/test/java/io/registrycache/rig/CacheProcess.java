package io.registrycache.rig;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.awaitility.Awaitility;

/** This program as its users start it: {@code java -jar target/docker-registry-cache.jar}, and the environment. */
public final class CacheProcess implements AutoCloseable {

    private static final Duration PATIENCE_AT_START = Duration.ofSeconds(60);
    /** More than the half minute that transfers have to finish. */
    private static final Duration PATIENCE_AT_STOP = Duration.ofSeconds(40);

    /** How a start went that was to fail. */
    public record Ended(int exitCode, String output) {}

    private final TempFolder folder = TempFolder.create();
    private final Path storage;
    private final int port;
    private final int managementPort;
    private final Program program;

    private CacheProcess(Builder builder) {
        this.storage = builder.storage.orElseGet(() -> folder.resolve("storage"));
        this.port = builder.port;
        this.managementPort = Ports.free();
        Map<String, String> environment = Environment.clean();
        environment.put("CACHE_HOST", "127.0.0.1");
        environment.put("CACHE_PORT", Integer.toString(port));
        environment.put("MANAGEMENT_PORT", Integer.toString(managementPort));
        environment.put("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", storage.toString());
        environment.put("ROUTES_DIR", project().resolve("routes").toString());
        // ./test -Dregistry.command=/path/to/registry: children of another version.
        String command = System.getProperty("registry.command", "");
        if (!command.isEmpty()) {
            environment.put("REGISTRY_COMMAND", command);
        }
        environment.putAll(builder.variables);
        this.program = Program.start(builder.command(), environment, folder.resolve("output.log"));
    }

    public static Builder builder() {
        return new Builder();
    }

    private static Path project() {
        return Path.of(System.getProperty("user.dir"));
    }

    public String url() {
        return "http://" + endpoint();
    }

    /** Where clients pull: {@code 127.0.0.1:<port>}. */
    public String endpoint() {
        return "127.0.0.1:" + port;
    }

    /** Where health is asked for: {@code 127.0.0.1:<port>}. */
    public String managementEndpoint() {
        return "127.0.0.1:" + managementPort;
    }

    public Path storage() {
        return storage;
    }

    public Program program() {
        return program;
    }

    /** Waits for blobs to be in an upstream's storage: a child writes while it answers, and is done a little later. */
    public void awaitCached(String upstream, Blob... blobs) {
        for (Blob blob : blobs) {
            Awaitility.await().until(() -> blobFile(upstream, blob).toFile().length() == blob.size());
        }
    }

    /** Where a blob of an upstream lies. */
    public Path blobFile(String upstream, Blob blob) {
        String hex = blob.digest().substring("sha256:".length());
        return storage.resolve(upstream)
                .resolve("docker/registry/v2/blobs/sha256")
                .resolve(hex.substring(0, 2))
                .resolve(hex)
                .resolve("data");
    }

    /** Sends SIGTERM, and returns the exit code. */
    public int stop() {
        program.signal("TERM");
        return program.waitFor(PATIENCE_AT_STOP);
    }

    /** Fails when Netty found a buffer that was thrown away instead of released; it looks when memory is collected. */
    public void assertNoLeak() {
        assertThat(program.output()).doesNotContain("LEAK");
    }

    @Override
    public void close() {
        program.close();
        folder.close();
    }

    /** The environment of the program, which may be started more than once, one after the other. */
    public static final class Builder {

        private final Map<String, String> variables = new HashMap<>();
        private final List<String> flags = new ArrayList<>();
        private final List<String> arguments = new ArrayList<>();
        private Optional<Path> storage = Optional.empty();
        private int port = Ports.free();

        private Builder() {}

        /** Sets CONFIG. */
        public Builder config(String json) {
            return env("CONFIG", json);
        }

        /** Sets CONFIG to these elements; see {@link UpstreamRegistry#configElement}. */
        public Builder upstreams(String... elements) {
            return config("[" + String.join(", ", elements) + "]");
        }

        public Builder env(String name, String value) {
            variables.put(name, value);
            return this;
        }

        /** Adds flags for the JVM, such as {@code -Xmx64m}. */
        public Builder jvm(String... more) {
            flags.addAll(List.of(more));
            return this;
        }

        /** Gives arguments, such as {@code --check}. */
        public Builder arguments(String... more) {
            arguments.addAll(List.of(more));
            return this;
        }

        /** Uses a folder that outlives the process. */
        public Builder storage(Path folder) {
            storage = Optional.of(folder);
            return this;
        }

        public Builder port(int chosen) {
            port = chosen;
            return this;
        }

        /** Starts it, and waits until it answers, at the management port too, which is the last to open. */
        public CacheProcess start() {
            Ports.requireFree(port);
            CacheProcess cache = new CacheProcess(this);
            try {
                cache.program.awaitReady(
                        PATIENCE_AT_START,
                        () -> HttpProbe.status(cache.endpoint(), "/v2/").equals(OptionalInt.of(200))
                                && HttpProbe.status(cache.managementEndpoint(), "/api/images")
                                        .equals(OptionalInt.of(200)));
                return cache;
            } catch (RuntimeException e) {
                cache.close();
                throw e;
            }
        }

        /** Starts it where it cannot start, and waits for its end. */
        public Ended runToEnd() {
            try (CacheProcess cache = new CacheProcess(this)) {
                int exitCode = cache.program.waitFor(PATIENCE_AT_START);
                return new Ended(exitCode, cache.program.output());
            }
        }

        private List<String> command() {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.add("-Dio.netty.leakDetection.level=paranoid");
            command.addAll(flags);
            command.add("-jar");
            command.add(project().resolve("target/docker-registry-cache.jar").toString());
            command.addAll(arguments);
            return command;
        }
    }
}
