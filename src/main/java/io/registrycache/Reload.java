package io.registrycache;

import io.registrycache.config.CacheConfig;
import io.registrycache.config.ConfigException;
import io.registrycache.config.Configured;
import io.registrycache.config.Difference;
import io.registrycache.config.FileContents;
import io.registrycache.config.Upstream;
import io.registrycache.config.Upstreams;
import io.registrycache.upstream.Trust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies changes of the files that configure the upstreams: {@code upstreams.camel.yaml}, {@code CONFIG_FILE}, and
 * those with secrets and certificates. A file that is being written is left until it stays as it is.
 */
public final class Reload {

    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);
    /** There may be hundreds of them. */
    private static final int CERTIFICATES_AT_EACH = 7;

    private final Map<String, String> environment;
    private final Path yaml;
    private final YamlUpstreams yamlUpstreams;
    private final LiveUpstreams live;
    private final Consumer<Upstream> whenRemoved;
    private final FileContents contents = new FileContents();

    /** Upstreams in other route files, which are not read again. */
    private List<Upstream> fixed = List.of();

    private CacheConfig config;
    private boolean hadYaml;
    private Set<Path> named;
    private Map<Path, String> certificates = Map.of();
    private Map<Path, String> applied = Map.of();
    private Map<Path, String> tried = Map.of();
    private Map<Path, String> seen = Map.of();
    private final Mistakes mistakes = new Mistakes();
    private int checks;
    private boolean closed;

    /**
     * Reads nothing yet.
     *
     * @param environment as it was given
     * @param yaml the file with upstreams as routes
     * @param whenRemoved is told of each upstream that is removed
     */
    Reload(
            CacheConfig config,
            Map<String, String> environment,
            Path yaml,
            YamlUpstreams yamlUpstreams,
            LiveUpstreams live,
            Consumer<Upstream> whenRemoved) {
        this.config = config;
        this.environment = Map.copyOf(environment);
        this.yaml = yaml;
        this.yamlUpstreams = yamlUpstreams;
        this.live = live;
        this.whenRemoved = whenRemoved;
        this.named = new HashSet<>(config.files());
    }

    /**
     * Reads the files that were read at start, and learns which upstreams are in route files that are not read again.
     */
    synchronized void begin() throws Exception {
        Set<String> again = new HashSet<>();
        hadYaml = Files.exists(yaml);
        yamlUpstreams.read(yaml).forEach(it -> again.add(it.upstream().name()));
        config.upstreams().all().forEach(it -> again.add(it.name()));
        fixed = live.get().all().stream()
                .filter(it -> !again.contains(it.name()))
                .toList();
        closed = named.stream().anyMatch(file -> !Files.isRegularFile(file));
        applied = look();
        live.know(LiveUpstreams.configured(live.get(), config, this::certificates));
        if (closed) {
            LOG.info("changes need a restart: a file with settings is a pipe or the like, which cannot be read again");
        }
    }

    /** A digest of the certificates that an environment names, or nothing. */
    private String certificates(Map<String, String> of) {
        List<Path> files = Trust.files(of);
        Map<Path, String> all = new TreeMap<>(contents.of(files));
        // As it was looked at last, not newer.
        all.putAll(certificates);
        all.keySet().retainAll(Set.copyOf(files));
        return String.join(" ", all.values());
    }

    /** Applies the changes, and closes the remainders of earlier changes. */
    public synchronized void check() throws IOException {
        if (closed) {
            return;
        }
        live.settle();
        Map<Path, String> now = look();
        boolean isSettled = now.equals(seen);
        seen = now;
        if (isSettled && !now.equals(tried)) {
            attempt(now);
        }
    }

    private Map<Path, String> look() {
        if (checks++ % CERTIFICATES_AT_EACH == 0) {
            Set<Path> files = new HashSet<>();
            live.get().all().stream()
                    .map(it -> it.environment(config.environment()))
                    .map(Reload::trust)
                    .distinct()
                    .forEach(it -> files.addAll(Trust.files(it)));
            certificates = contents.of(files);
        }
        Map<Path, String> all = new TreeMap<>(certificates);
        all.putAll(settings());
        return all;
    }

    /** The variables of trusted certificates, the same for most upstreams. */
    private static Map<String, String> trust(Map<String, String> environment) {
        Map<String, String> trust = new HashMap<>(environment);
        trust.keySet().retainAll(Set.of("SSL_CERT_FILE", "SSL_CERT_DIR"));
        return trust;
    }

    private Map<Path, String> settings() {
        Set<Path> files = new HashSet<>(named);
        files.addAll(config.files());
        files.add(yaml);
        return contents.of(files);
    }

    private void attempt(Map<Path, String> now) {
        boolean wasRight = mistakes.isEmpty();
        mistakes.begin();
        tried = now;
        Set<Path> read = new HashSet<>();
        Optional<CacheConfig> next = mistakes.guard("settings", () -> config.reread(environment, read));
        named = read;
        Optional<List<YamlUpstreams.Entry>> inYaml = mistakes.guard("routes", this::readYaml);
        if (next.isPresent() && inYaml.isPresent()) {
            mistakes.guard("upstreams", () -> become(next.get(), inYaml.get()));
        }
        Set<Path> settings = new HashSet<>(config.files());
        settings.addAll(read);
        mistakes.tell(Map.of("settings", settings, "routes", Set.of(yaml), "upstreams", now.keySet()), now, applied);
        if (mistakes.isEmpty()) {
            applied = now;
            if (!wasRight) {
                LOG.info("the configuration has no mistake any more");
            }
        }
    }

    private List<YamlUpstreams.Entry> readYaml() throws Exception {
        if (hadYaml && !Files.exists(yaml)) {
            throw new ConfigException(
                    String.valueOf(yaml.getFileName()), "is gone; give one with comments alone for no upstreams");
        }
        return yamlUpstreams.read(yaml);
    }

    private Difference become(CacheConfig next, List<YamlUpstreams.Entry> entries) throws Exception {
        List<Upstream> inYaml = new ArrayList<>(fixed);
        Map<String, Map<String, Object>> parameters = new HashMap<>();
        for (YamlUpstreams.Entry entry : entries) {
            inYaml.add(entry.upstream());
            parameters.put(entry.upstream().name(), entry.parameters());
        }
        Upstreams all = next.upstreams().with(inYaml);
        List<Configured> wanted = LiveUpstreams.configured(all, next, this::certificates);
        Difference difference = live.become(next, all, wanted, parameters);
        Set<String> warned = Set.copyOf(config.warnings());
        config = next;
        hadYaml = Files.exists(yaml);
        if (!difference.isEmpty()) {
            LOG.info("configuration changed: {}", difference);
            next.warnings().stream().filter(it -> !warned.contains(it)).forEach(LOG::warn);
            difference.removed().forEach(it -> whenRemoved.accept(it.upstream()));
        }
        return difference;
    }

    /** Changes nothing any more. */
    synchronized void close() {
        closed = true;
    }
}
