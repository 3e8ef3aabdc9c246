package io.registrycache.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A registry that images are pushed into and that the cache pulls from: the official one, on storage of its own. */
public final class UpstreamRegistry implements AutoCloseable {

    /**
     * The credentials of a protected upstream; the password has every character that is special in YAML, URLs and
     * shells.
     */
    public static final Credentials CREDENTIALS = new Credentials("puller", "p[w{&>:'\"#! x");

    /** The password above through bcrypt, for the registry knows no other way, and the JDK no bcrypt. */
    private static final String HTPASSWD = "puller:$2b$04$cYL6G9GlHbY684lbnGjrbe30bW/0MU6uY0JHy9CRO.b3ObESi2tPu\n";

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Pattern ACCESS_LOG_LINE = Pattern.compile(
            "^\\S+ - .*? \\[[^]]+] \"([A-Z]+) (/v2/\\S*) HTTP/[0-9.]+\" ([0-9]{3}) ", Pattern.MULTILINE);

    /** A request that was answered; the path has its query. */
    public record Request(String method, String path, int status) {}

    private final TempFolder folder = TempFolder.create();
    private final Map<String, String> environment;
    private final Optional<Credentials> credentials;
    private final int port;
    private Program program;

    private UpstreamRegistry(int port, Optional<Credentials> credentials, Map<String, String> variables) {
        this.port = port;
        this.credentials = credentials;
        this.environment = Environment.clean();
        environment.put("OTEL_TRACES_EXPORTER", "none");
        environment.putAll(variables);
        try {
            writeFiles();
            this.program = launch();
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    /** Starts a registry without a password. */
    public static UpstreamRegistry open() {
        return open(Ports.free());
    }

    /** The same, on a port of the test's choice. */
    public static UpstreamRegistry open(int port) {
        return open(port, Map.of());
    }

    /** The same, with {@code REGISTRY_…} variables that override its configuration. */
    public static UpstreamRegistry open(int port, Map<String, String> variables) {
        return new UpstreamRegistry(port, Optional.empty(), variables);
    }

    /**
     * Starts a registry with basic authentication, which a child can pass only from version 3 on; {@link TokenGate}
     * else.
     */
    public static UpstreamRegistry withPassword() {
        return new UpstreamRegistry(Ports.free(), Optional.of(CREDENTIALS), Map.of());
    }

    /** Starts one on a storage that something else has filled. */
    public static UpstreamRegistry on(Path storage) {
        return open(Ports.free(), Map.of("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", storage.toString()));
    }

    private void writeFiles() {
        String config = """
                version: 0.1
                log:
                  level: info
                storage:
                  filesystem:
                    rootdirectory: %1$s/storage
                  delete:
                    enabled: true
                http:
                  addr: 127.0.0.1:%2$d
                  secret: the same after a restart
                """;
        String auth = """
                auth:
                  htpasswd:
                    realm: upstream
                    path: %1$s/htpasswd
                """;
        String template = credentials.isPresent() ? config + auth : config;
        try {
            Files.writeString(folder.resolve("config.yml"), template.formatted(folder.path(), port));
            Files.writeString(folder.resolve("htpasswd"), HTPASSWD);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Program launch() {
        Ports.requireFree(port);
        String command = Environment.required("registry", "docker-registry");
        Program started = Program.start(
                List.of(command, "serve", folder.resolve("config.yml").toString()),
                environment,
                folder.resolve("output.log"));
        try {
            // Any answer will do, also that of one with TLS to a request without; not below /v2, to stay uncounted.
            started.awaitReady(PATIENCE, () -> HttpProbe.status(host(), "/").isPresent());
            return started;
        } catch (RuntimeException e) {
            started.close();
            throw e;
        }
    }

    /** Where it listens: {@code 127.0.0.1:<port>}. */
    public String host() {
        return "127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    public String url() {
        return "http://" + host();
    }

    public Optional<Credentials> credentials() {
        return credentials;
    }

    /** The folder with its blobs, so that a test can damage or remove one. */
    public Path storage() {
        return folder.resolve("storage");
    }

    public Program program() {
        return program;
    }

    /** An element for the cache's CONFIG, which calls this upstream by a name of the test's choice. */
    public String configElement(String name) {
        return credentials.map(it -> ConfigElement.of(name, url(), it)).orElseGet(() -> ConfigElement.of(name, url()));
    }

    /** The requests below /v2, oldest first; a request is listed a moment after its answer. */
    public List<Request> requests() {
        return ACCESS_LOG_LINE
                .matcher(program.output())
                .results()
                .map(UpstreamRegistry::request)
                .toList();
    }

    private static Request request(MatchResult line) {
        return new Request(line.group(1), line.group(2), Integer.parseInt(line.group(3)));
    }

    /** Takes it off the network; {@link #start} brings it back with all it had. */
    public void stop() {
        program.close();
    }

    /** Starts it again, on the same port and storage. */
    public void start() {
        program.close();
        program = launch();
    }

    @Override
    public void close() {
        program.close();
        folder.close();
    }
}
